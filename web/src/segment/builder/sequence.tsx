import { ActionIcon, Button } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react'

import classes from './builder.module.css'
import { Choice } from './choice'
import { useReading, useSet } from './context'
import { DurationView } from './duration'
import { FactsView } from './facts'
import { Filters, FilterView } from './filter'
import { Sentence } from './sentence'
import { useTexts } from './texts'
import { WindowView } from './window'
import { keyOf, type Path, type Sequence, type Step } from '../tree'

/** First this, then that within so long, and then not that. */
export function SequenceView({ of, path }: { of: Sequence; path: Path }) {
  const t = useTexts()
  const set = useSet()
  const reading = useReading()
  const steps = (next: Step[]) => set(`${path}/steps`, next)
  const swap = (i: number, j: number) => {
    const next = [...of.steps]
    const [a, b] = [next[i], next[j]]
    if (a === undefined || b === undefined) return
    next[i] = b
    next[j] = a
    steps(next)
  }
  return (
    <div>
      <Sentence text={t('sequence.form')} parts={{ window: <WindowView of={of.window} path={`${path}/window`} /> }} />
      {of.window && <Filters of={of.window} path={`${path}/window`} />}
      <ol className={classes.steps}>
        <li>
          <Sentence text={t('sequence.first')} parts={{ facts: <FactsView of={of.first} path={`${path}/first`} word={(n, f) => n.happened(f, false)} /> }} />
          <FilterView of={of.first} path={`${path}/first`} />
        </li>
        {of.steps.map((step, i) => (
          <li key={keyOf(step)}>
            <div className={classes.step}>
              <StepView of={step} path={`${path}/steps/${i}`} />
              {!reading && (
                <div className={classes.tools}>
                  <ActionIcon variant="subtle" color="gray" aria-label={t('sequence.up', { n: i + 2 })} disabled={i === 0} onClick={() => swap(i, i - 1)}>
                    <IconArrowUp size={16} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="gray" aria-label={t('sequence.down', { n: i + 2 })} disabled={i === of.steps.length - 1} onClick={() => swap(i, i + 1)}>
                    <IconArrowDown size={16} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="gray" aria-label={t('sequence.remove', { n: i + 2 })} onClick={() => steps(of.steps.toSpliced(i, 1))}>
                    <IconX size={16} />
                  </ActionIcon>
                </div>
              )}
            </div>
            <FilterView of={step.facts} path={`${path}/steps/${i}/facts`} />
          </li>
        ))}
      </ol>
      {!reading && (
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => steps([...of.steps, { no: false, facts: { fact: 'order' }, within: { n: 1, unit: 'days' } }])}
        >
          {t('sequence.add')}
        </Button>
      )}
    </div>
  )
}

function StepView({ of, path }: { of: Step; path: Path }) {
  const t = useTexts()
  const set = useSet()
  return (
    <Sentence
      text={t('sequence.then')}
      parts={{
        no: (
          <Choice
            label={t('sequence.how')}
            value={of.no ? 'no' : 'yes'}
            options={[
              { value: 'yes', label: t('sequence.yes'), short: t('sequence.yes_short') },
              { value: 'no', label: t('sequence.no'), short: t('sequence.no_short') },
            ]}
            onChange={(v) => set(`${path}/no`, v === 'no')}
          />
        ),
        facts: <FactsView of={of.facts} path={`${path}/facts`} word={(n, f) => n.happened(f, of.no)} />,
        within: <DurationView of={of.within} path={`${path}/within`} exact />,
      }}
    />
  )
}
