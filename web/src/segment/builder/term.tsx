import { use } from 'react'

import { AggregateView } from './aggregate'
import { ArithmeticView } from './arithmetic'
import { PreciseContext } from './context'
import { FieldView } from './field'
import { LiteralView } from './literal'
import { PercentileView } from './percentile'
import { TermMenu } from './termmenu'
import type { ValueType } from '../comparison'
import { isAggregate, type Facts, type Path, type Term } from '../tree'

/** What a value is compared with, which says what may be suggested for it. */
export interface Meant {
  type: ValueType
  /** A field, by its facts and its name. */
  facts?: Facts
  field?: string
}

export interface TermProps<T extends Term = Term> {
  of: T
  path: Path
  /** The facts in whose filter the term is. */
  within?: Facts
  meant?: Meant
  /** What it is, for who cannot see where it stands. */
  label: string
}

/** A value: one that is written down, a field, a number out of facts, or a calculation. */
export function TermView(props: TermProps) {
  const precise = use(PreciseContext)
  return (
    <>
      <Inside {...props} />
      {precise && <TermMenu of={props.of} path={props.path} within={props.within} meant={props.meant} label={props.label} />}
    </>
  )
}

function Inside({ of, ...rest }: TermProps) {
  switch (of.kind) {
    case 'field':
      return <FieldView of={of} {...rest} />
    case 'arithmetic':
      return <ArithmeticView of={of} {...rest} />
    case 'percentile':
      return <PercentileView of={of} {...rest} />
    default:
      return isAggregate(of) ? <AggregateView of={of} {...rest} /> : <LiteralView of={of} {...rest} />
  }
}
