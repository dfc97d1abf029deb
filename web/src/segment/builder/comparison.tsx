import { ActionIcon } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'

import classes from './builder.module.css'
import { Choice } from './choice'
import { useBuilder, useReading, useWrong, useSet } from './context'
import { NumberField } from './number'
import { Sentence } from './sentence'
import { TermView, type Meant } from './term'
import { TextField } from './textfield'
import { useTexts } from './texts'
import { emptyValue, operatorOf, operatorsOf, subjectOf, valuesOf, withOperator, type Operator, type ValueType } from '../comparison'
import { isAggregate, isMatch, type Comparison, type Facts, type In, type Path, type Term } from '../tree'

/** "age is at least 30". */
export function ComparisonView({ of, path, within }: { of: Comparison; path: Path; within?: Facts }) {
  const { catalogue } = useBuilder()
  const t = useTexts()
  const set = useSet()
  const { term, key } = subjectOf(of)
  const own = catalogue.typeOf(term, within)
  const meant = meantBy(term, own, within)
  // What can be of any type is of the type of what it is compared with.
  const [first] = valuesOf(of)
  const type = own === 'any' && first !== undefined ? catalogue.typeOf(first, within) : own
  const at = (name: string) => ({ path: `${path}/${name}`, within, meant })
  const current = operatorOf(of)
  const fitting = operatorsOf(type)
  const op = (
    <Choice
      label={t('operator.how')}
      value={current}
      options={[...new Set([...fitting, current])].map((o) => ({ value: o, label: wordOf(t, o, type) }))}
      onChange={(o) => set(path, withOperator(of, o, type))}
    />
  )
  const x = <TermView of={term} path={`${path}/${key}`} within={within} label={t('term.x')} />
  const slots = { x, op }
  switch (of.kind) {
    case 'compare':
      return <Sentence text={t('form.compare')} parts={{ ...slots, value: <TermView of={of.right} {...at('right')} label={t('term.value')} /> }} />
    case 'between':
      return (
        <Sentence
          text={t('form.between')}
          parts={{ ...slots, low: <TermView of={of.low} {...at('low')} label={t('term.low')} />, high: <TermView of={of.high} {...at('high')} label={t('term.high')} /> }}
        />
      )
    case 'in':
    case 'not_in':
      return <Sentence text={t('form.in')} parts={{ ...slots, list: <ListView of={of} path={path} within={within} meant={meant} /> }} />
    case 'anniversary_in_last':
    case 'anniversary_in_next':
      return (
        <Sentence
          text={t('form.anniversary_days')}
          parts={{ ...slots, days: <NumberField label={t('term.days')} whole value={of.days ?? null} onChange={(days) => set(`${path}/days`, days, path)} />, unit: t('unit.days', { count: of.days ?? 2 }) }}
        />
      )
    default:
      return isMatch(of) ? (
        <Sentence text={t('form.compare')} parts={{ ...slots, value: <Pattern of={of.text} path={`${path}/text`} meant={meant} /> }} />
      ) : (
        <Sentence text={t('form.alone')} parts={slots} />
      )
  }
}

function Pattern({ of, path, meant }: { of: string; path: Path; meant: Meant }) {
  const t = useTexts()
  const set = useSet()
  const wrong = useWrong(path)
  return <TextField label={t('term.value')} value={of} meant={{ ...meant, type: 'text' }} wrong={wrong} onChange={(text) => set(path, text, path)} />
}

/** The values of "is one of". */
function ListView({ of, path, within, meant }: { of: In; path: Path; within?: Facts; meant: Meant }) {
  const { catalogue } = useBuilder()
  const t = useTexts()
  const set = useSet()
  const reading = useReading()
  const last = of.list.at(-1)
  const type = meant.type === 'any' && last !== undefined ? catalogue.typeOf(last, within) : meant.type
  return (
    <>
      {of.list.map((term, i) => (
        <span key={i} className={classes.item}>
          <TermView of={term} path={`${path}/list/${i}`} within={within} meant={meant} label={t('term.nth', { n: i + 1 })} />
          {reading && i < of.list.length - 1 && <span className={classes.word}>,</span>}
          {!reading && of.list.length > 1 && (
            <ActionIcon variant="subtle" color="gray" size="sm" className={classes.small} aria-label={t('term.without', { n: i + 1 })} onClick={() => set(`${path}/list`, of.list.toSpliced(i, 1))}>
              <IconX size={14} />
            </ActionIcon>
          )}
        </span>
      ))}
      {!reading && (
        <ActionIcon variant="subtle" size="sm" className={classes.small} aria-label={t('term.one_more')} onClick={() => set(`${path}/list`, [...of.list, emptyValue(type)])}>
          <IconPlus size={15} />
        </ActionIcon>
      )}
    </>
  )
}

/** What values are compared with. */
function meantBy(x: Term, type: ValueType, within: Facts | undefined): Meant {
  if (x.kind === 'field') return { type, facts: x.name.startsWith('shop.') ? undefined : within, field: x.name }
  if (isAggregate(x) && (x.kind === 'first' || x.kind === 'last' || x.kind === 'min' || x.kind === 'max')) return { type, facts: x.facts, field: x.field }
  return { type }
}

const days: readonly ValueType[] = ['date', 'instant']

function wordOf(t: (key: string) => string, op: Operator, type: ValueType): string {
  const name = compareNames[op] ?? op
  if (days.includes(type) && name in compareKeys) return t(`operator.day.${name}`)
  if (type === 'list' && (name === 'contains' || name === 'eq' || name === 'ne')) return t(`operator.list.${name}`)
  if (type === 'number' && name in compareKeys) return t(`operator.number.${name}`)
  return t(`operator.${name}`)
}

const compareNames: Partial<Record<Operator, string>> = { '=': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' }
const compareKeys = { eq: 1, ne: 1, lt: 1, le: 1, gt: 1, ge: 1 }
