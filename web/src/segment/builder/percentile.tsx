import classes from './builder.module.css'
import { inline } from './sentence'
import { TermView, type TermProps } from './term'
import { useTexts } from './texts'
import type { Percentile } from '../tree'

/** The share of customers who have less: "rank, of 100, by …". */
export function PercentileView({ of, path, within, label }: TermProps<Percentile>) {
  const t = useTexts()
  return (
    <span className={classes.brackets} role="group" aria-label={label}>
      {inline(t('percentile.form'), { x: <TermView of={of.x} path={`${path}/x`} within={within} meant={{ type: 'number' }} label={t('percentile.of')} /> })}
    </span>
  )
}
