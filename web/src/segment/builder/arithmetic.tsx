import classes from './builder.module.css'
import { Choice } from './choice'
import { useSet } from './context'
import { TermView, type TermProps } from './term'
import { useTexts } from './texts'
import { arithmeticOps, type Arithmetic } from '../tree'

const signs = { '+': '+', '-': '−', '*': '×', '/': '÷' } as const

/** "a − b", in brackets, so that it is plain what is calculated first. */
export function ArithmeticView({ of, path, within, label }: TermProps<Arithmetic>) {
  const t = useTexts()
  const set = useSet()
  const number = { type: 'number' as const }
  return (
    <span className={classes.brackets} role="group" aria-label={label}>
      <TermView of={of.left} path={`${path}/left`} within={within} meant={number} label={t('term.left')} />
      <Choice
        label={t('term.operation')}
        value={of.op}
        options={arithmeticOps.map((op) => ({ value: op, label: `${signs[op]}  ${t(`arithmetic.${names[op]}`)}`, short: signs[op] }))}
        onChange={(op) => set(`${path}/op`, op)}
      />
      <TermView of={of.right} path={`${path}/right`} within={within} meant={number} label={t('term.right')} />
    </span>
  )
}

const names = { '+': 'plus', '-': 'minus', '*': 'times', '/': 'by' } as const
