import { useReading, useSet } from './context'
import { NumberField } from './number'
import { Said, Sentence } from './sentence'
import { useTexts } from './texts'
import classes from './builder.module.css'
import type { Path, Percent } from '../tree'

/** "10 % of customers at random". The seed says which: the same one picks the same customers. */
export function PercentView({ of, path }: { of: Percent; path: Path }) {
  const t = useTexts()
  const set = useSet()
  const reading = useReading()
  const seed = of.seed ?? ''
  return (
    <Sentence
      text={t('percent.form')}
      parts={{
        n: <NumberField label={t('percent.n')} whole value={of.n} onChange={(n) => set(`${path}/n`, n, path)} />,
        seed: reading ? (
          <Said>{seed === '' ? t('percent.no_seed') : seed}</Said>
        ) : (
          <input
            className={classes.text}
            aria-label={t('percent.seed')}
            placeholder={t('percent.no_seed')}
            size={Math.max(8, seed.length)}
            value={seed}
            onChange={(e) => set(`${path}/seed`, e.currentTarget.value === '' ? undefined : e.currentTarget.value, path)}
          />
        ),
      }}
    />
  )
}
