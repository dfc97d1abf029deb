import classes from './builder.module.css'
import { Choice } from './choice'
import { useWrong, useSet } from './context'
import { NumberField } from './number'
import { useTexts } from './texts'
import { durationUnits, type Duration, type Path } from '../tree'

/** How long: a number and its unit. Spans of sequences are minutes to weeks. */
export function DurationView({ of, path, exact }: { of: Duration; path: Path; exact?: boolean }) {
  const t = useTexts()
  const set = useSet()
  const wrong = useWrong(`${path}/n`)
  const units = exact ? durationUnits.filter((u) => u !== 'months' && u !== 'years') : durationUnits
  return (
    <span className={classes.together}>
      <NumberField label={t('duration.n')} whole value={of.n} wrong={wrong} onChange={(n) => set(`${path}/n`, n, path)} />
      <Choice
        label={t('duration.unit')}
        value={of.unit}
        options={units.map((u) => ({ value: u, label: t(`unit.${u}`, { count: of.n ?? 2 }) }))}
        onChange={(unit) => set(`${path}/unit`, unit)}
      />
    </span>
  )
}
