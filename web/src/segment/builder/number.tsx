import { useState } from 'react'

import classes from './builder.module.css'
import { useReading } from './context'
import { Said } from './sentence'
import { useFormat } from '../../locale/format'

interface Props {
  label: string
  value: number | null
  onChange: (value: number | null) => void
  /** Whole numbers from zero, as counts are. */
  whole?: boolean
  wrong?: boolean
}

/** The number that a text says, with a point or a comma for decimals; null if it says none. */
export function readNumber(text: string, whole: boolean): number | null {
  const plain = text.trim().replace(/[\s\u00a0_']/g, '').replace(',', '.')
  const form = whole ? /^\d{1,9}$/ : /^-?\d{1,12}(\.\d{0,6})?$/
  return form.test(plain) ? Number(plain) : null
}

/** A number of a sentence. */
export function NumberField(props: Props) {
  const format = useFormat()
  return useReading() ? <Said>{props.value === null ? '' : format.number(props.value, 6)}</Said> : <Field {...props} />
}

function Field({ label, value, onChange, whole = false, wrong }: Props) {
  const [text, setText] = useState(value === null ? '' : String(value))
  // What is typed stays as typed ("2." on the way to 2.5) until the number is another one.
  const shown = readNumber(text, whole) === value ? text : value === null ? '' : String(value)
  const bad = value === null && text.trim() !== ''
  return (
    <input
      className={classes.number}
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      aria-label={label}
      aria-invalid={wrong || value === null || undefined}
      data-empty={value === null || undefined}
      size={Math.max(2, (bad ? text : shown).length)}
      value={bad ? text : shown}
      onChange={(e) => {
        setText(e.currentTarget.value)
        const read = readNumber(e.currentTarget.value, whole)
        if (read !== value) onChange(read)
      }}
    />
  )
}
