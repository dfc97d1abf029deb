import { Choice } from './choice'
import { useWrong, useSet } from './context'
import { DateField } from './date'
import { DurationView } from './duration'
import { NumberField, readNumber } from './number'
import { inline } from './sentence'
import type { TermProps } from './term'
import { TextField } from './textfield'
import { useTexts } from './texts'
import { emptyValue } from '../comparison'
import type { Literal, Term } from '../tree'

/** A value that is written down; of which kind, where any fits. */
export function LiteralView(props: TermProps<Literal>) {
  return (
    <>
      {props.meant?.type === 'any' && <ValueKind of={props.of} path={props.path} />}
      <Value {...props} />
    </>
  )
}

const valueKinds = ['text', 'number', 'bool', 'date'] as const

function ValueKind({ of, path }: { of: Literal; path: string }) {
  const t = useTexts()
  const set = useSet()
  return (
    <Choice
      label={t('kind.how')}
      value={of.kind === 'ago' ? 'date' : of.kind}
      options={valueKinds.map((k) => ({ value: k, label: t(`kind.${k}`) }))}
      quiet
      onChange={(k) => set(path, withKind(of, k))}
    />
  )
}

/** A value of another kind: a text that says a number becomes that, and the other way round. */
function withKind(of: Literal, kind: (typeof valueKinds)[number]): Term {
  if (kind === 'number' && of.kind === 'text') return { kind, value: readNumber(of.value, false) }
  if (kind === 'text' && of.kind === 'number') return { kind, value: of.value === null ? '' : String(of.value) }
  return emptyValue(kind)
}

function Value({ of, path, meant, label }: TermProps<Literal>) {
  const t = useTexts()
  const set = useSet()
  const wrong = useWrong(`${path}/value`)
  switch (of.kind) {
    case 'number':
      return <NumberField label={label} value={of.value} wrong={wrong} onChange={(value) => set(path, { kind: 'number', value }, path)} />
    case 'text':
      return <TextField label={label} value={of.value} meant={meant} wrong={wrong} onChange={(value) => set(path, { kind: 'text', value }, path)} />
    case 'bool':
      return (
        <Choice
          label={label}
          value={of.value ? 'true' : 'false'}
          options={[
            { value: 'true', label: t('value.true') },
            { value: 'false', label: t('value.false') },
          ]}
          onChange={(v) => set(path, { kind: 'bool', value: v === 'true' })}
        />
      )
    case 'date':
      return (
        <>
          <DayKind path={path} kind="date" />
          <DateField label={label} value={of.value} wrong={wrong} onChange={(value) => set(path, { kind: 'date', value }, path)} />
        </>
      )
    case 'ago':
      return <>{inline(t('ago.form'), { kind: <DayKind path={path} kind="ago" />, duration: <DurationView of={of.duration} path={`${path}/duration`} /> })}</>
  }
}

/** A day is one of the calendar, or so long ago. */
function DayKind({ path, kind }: { path: string; kind: 'date' | 'ago' }) {
  const t = useTexts()
  const set = useSet()
  return (
    <Choice
      label={t('ago.how')}
      value={kind}
      options={[
        { value: 'ago', label: t('ago.ago'), short: t('ago.ago_short') },
        { value: 'date', label: t('ago.date'), short: t('ago.date_short') },
      ]}
      onChange={(k) => set(path, k === 'date' ? { kind: 'date', value: new Date().toISOString().slice(0, 10) } : { kind: 'ago', duration: { n: 30, unit: 'days' } })}
    />
  )
}
