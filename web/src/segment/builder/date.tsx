import classes from './builder.module.css'
import { useReading } from './context'
import { Said } from './sentence'
import { useFormat } from '../../locale/format'

/** A day of the shop's calendar. */
export function DateField({ label, value, onChange, wrong }: { label: string; value: string; onChange: (value: string) => void; wrong?: boolean }) {
  const format = useFormat()
  if (useReading()) return <Said>{value === '' ? '' : format.date(value)}</Said>
  return (
    <input
      type="date"
      className={classes.date}
      aria-label={label}
      aria-invalid={wrong || value === '' || undefined}
      value={value}
      min="0001-01-01"
      max="9999-12-31"
      onChange={(e) => onChange(e.currentTarget.value)}
    />
  )
}
