import {
  compareOps, isComparison, isMatch, matchKinds,
  type Aggregate, type Comparison, type CompareOp, type MatchKind, type Node, type Term,
} from './tree'

/** The type of a value; "any" takes the type of what it is compared with. */
export type ValueType = 'number' | 'text' | 'bool' | 'date' | 'instant' | 'list' | 'any'

/** How a value is compared: in the builder one choice, in the tree different kinds. */
export type Operator =
  | CompareOp
  | MatchKind
  | 'between'
  | 'in'
  | 'not_in'
  | 'is_missing'
  | 'is_not_missing'
  | 'anniversary_today'
  | 'anniversary_in_last'
  | 'anniversary_in_next'

const ordered: Operator[] = ['=', '!=', '<', '<=', '>', '>=', 'between', 'in', 'not_in']
const missing: Operator[] = ['is_missing', 'is_not_missing']
const anniversaries: Operator[] = ['anniversary_today', 'anniversary_in_last', 'anniversary_in_next']

/** The operators that fit a type, the usual ones first. */
export function operatorsOf(type: ValueType): Operator[] {
  switch (type) {
    case 'number':
      return ['>=', '<=', '>', '<', '=', '!=', 'between', 'in', 'not_in', ...missing]
    case 'text':
      return ['=', '!=', 'in', 'not_in', ...matchKinds, ...missing]
    case 'bool':
      return ['=', '!=', ...missing]
    case 'date':
    case 'instant':
      return ['>=', '<=', '>', '<', '=', '!=', 'between', ...anniversaries, ...missing]
    case 'list':
      return ['contains', '=', '!=', 'in', 'not_in', ...missing]
    case 'any':
      return [...ordered, ...matchKinds, ...anniversaries, ...missing]
  }
}

export function operatorOf(c: Comparison): Operator {
  return c.kind === 'compare' ? c.op : c.kind
}

/** What is compared, and where it is in the comparison. */
export function subjectOf(c: Comparison): { term: Term; key: 'left' | 'x' } {
  return c.kind === 'compare' ? { term: c.left, key: 'left' } : { term: c.x, key: 'x' }
}

/** A value to begin with, of a type. */
export function emptyValue(type: ValueType): Term {
  switch (type) {
    case 'number':
      return { kind: 'number', value: null }
    case 'bool':
      return { kind: 'bool', value: true }
    case 'date':
    case 'instant':
      return { kind: 'ago', duration: { n: 30, unit: 'days' } }
    default:
      return { kind: 'text', value: '' }
  }
}

/** The values that something is compared with. */
export function valuesOf(c: Comparison): Term[] {
  switch (c.kind) {
    case 'compare':
      return [c.right]
    case 'between':
      return [c.low, c.high]
    case 'in':
    case 'not_in':
      return c.list
    default:
      return isMatch(c) ? [{ kind: 'text', value: c.text }] : []
  }
}

// How long ago is a day that changes, and so is listed.
const written: ReadonlySet<string> = new Set(['number', 'text', 'bool', 'date'])

/** The values of a question that are not written down in it, in its order: those that an explanation has the values of. */
export function termsOf(n: Node): Term[] {
  if (!isComparison(n)) return []
  return [subjectOf(n).term, ...valuesOf(n)].filter((term) => !written.has(term.kind))
}

/** The same comparison with another operator: what can be kept of its values is kept. */
export function withOperator(c: Comparison, op: Operator, type: ValueType): Comparison {
  if (op === operatorOf(c)) return c
  const x = subjectOf(c).term
  const values = valuesOf(c)
  const value = values[0] ?? emptyValue(type)
  switch (op) {
    case 'between':
      return { kind: op, x, low: value, high: values[1] ?? emptyValue(type) }
    case 'in':
    case 'not_in':
      return { kind: op, x, list: values.length > 0 ? values : [value] }
    case 'is_missing':
    case 'is_not_missing':
    case 'anniversary_today':
      return { kind: op, x }
    case 'anniversary_in_last':
    case 'anniversary_in_next':
      return { kind: op, x, days: 'days' in c ? (c.days ?? 7) : 7 }
    case 'contains':
    case 'starts_with':
    case 'ends_with':
    case 'matches':
      return { kind: op, x, text: value.kind === 'text' ? value.value : '' }
    default:
      return { kind: 'compare', op, left: x, right: value }
  }
}

/**
 * The comparison of something else. Values stay if they are of the type that
 * is now asked for; else they begin anew, with an operator that fits.
 */
export function withSubject(c: Comparison, x: Term, was: ValueType, type: ValueType): Comparison {
  const same = was === type || (isDay(was) && isDay(type))
  const moved = c.kind === 'compare' ? { ...c, left: x } : { ...c, x }
  if (same) return moved
  const op = operatorOf(c)
  if (op === 'is_missing' || op === 'is_not_missing') return moved
  return comparisonOf(x, type)
}

const isDay = (t: ValueType) => t === 'date' || t === 'instant'

/** A new comparison of something. */
export function comparisonOf(x: Term, type: ValueType): Comparison {
  if (type === 'list') return { kind: 'contains', x, text: '' }
  const op = type === 'number' || isDay(type) ? '>=' : '='
  return { kind: 'compare', op, left: x, right: emptyValue(type) }
}

/** Whether something is left to fill in. */
export function unfinished(t: Term): boolean {
  switch (t.kind) {
    case 'number':
      return t.value === null
    case 'text':
      return t.value === ''
    case 'date':
      return t.value === ''
    case 'ago':
      return t.duration.n === null
    default:
      return false
  }
}

/** Whether a question has a value that is left to fill in. */
export function hasUnfinished(n: Node): boolean {
  let found = false
  const look = (x: unknown) => {
    if (found || typeof x !== 'object' || x === null) return
    const o = x as Record<string, unknown>
    if ((o.kind === 'number' && o.value === null) || ('n' in o && o.n === null) || o.segment === '' || o.event === '' || o.field === '' || o.days === null) found = true
    if (o.kind === 'date' && o.value === '') found = true
    if (o.date === '' || o.from === '' || o.to === '') found = true
    for (const inside of Object.values(o)) look(inside)
  }
  look(n)
  return found
}

export const isCompareOp = (op: Operator): op is CompareOp => (compareOps as readonly string[]).includes(op)

/** Whether an aggregate takes a field. */
export function takesField(kind: Aggregate['kind']): boolean {
  return kind !== 'count' && kind !== 'days'
}
