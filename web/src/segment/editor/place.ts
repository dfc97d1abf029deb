import type { Facts } from '../tree'
import { functions, tokensOf, type Token } from './tokens'

/** Where in a text somebody writes: what is around it, and so what may be completed. */
export interface Place {
  /** The facts in whose filter it is; undefined outside filters. */
  within?: Facts
  /** Whether it is in the brackets of a function or behind has, no or since: where facts are named. */
  facts: boolean
  /** Whether it is right behind "segment". */
  segment: boolean
  /** The field that a text before the place is compared with. */
  field?: { facts?: Facts; name: string }
  /** The piece that is being written. */
  token?: Token
}

const factsBefore = new Set(['has', 'no', 'since'])

/** What is around a place of a text. */
export function placeIn(text: string, at: number): Place {
  const all = tokensOf(text).filter((t) => t.kind !== 'comment' || (t.from < at && at <= t.to))
  const token = all.find((t) => t.from < at && at <= t.to && (t.kind !== 'sign' || false))
  const before = all.filter((t) => t.to <= (token?.from ?? at))
  const within = filterAround(before)
  const previous = before.at(-1)
  const word = previous?.kind === 'word' ? previous.text.toLowerCase() : ''
  const call = previous?.text === '(' && before.at(-2)?.kind === 'word' && functions.has(before.at(-2)?.text.toLowerCase() ?? '') && before.at(-2)?.text.toLowerCase() !== 'percent'
  const since = (word === 'first' || word === 'last') && before.at(-2)?.text.toLowerCase() === 'since'
  const inSequence = within === undefined && previous?.text === ',' && calledBy(before) === 'sequence'
  return {
    within,
    facts: within === undefined && (factsBefore.has(word) || call || since || inSequence),
    segment: word === 'segment',
    field: comparedWith(before, within),
    token,
  }
}

/** The facts whose filter is open at the end of the pieces. */
function filterAround(before: Token[]): Facts | undefined {
  const open: number[] = []
  before.forEach((t, i) => {
    if (t.text === '[') open.push(i)
    else if (t.text === ']') open.pop()
  })
  const i = open.at(-1)
  return i === undefined ? undefined : factsEnding(before.slice(0, i))
}

/** The facts that the pieces end with: order, product_viewed, event("Quiz Finished"). */
export function factsEnding(before: Token[]): Facts | undefined {
  const last = before.at(-1)
  if (last?.kind === 'word') return named(last.text)
  const name = before.at(-2)
  if (last?.text === ')' && name?.kind === 'text' && before.at(-3)?.text === '(' && before.at(-4)?.text.toLowerCase() === 'event') return { event: unquoted(name.text) }
  return undefined
}

const builtIn = new Set(['order', 'item', 'refund', 'favourite', 'cart_item', 'visit', 'message', 'ticket', 'coupon', 'points'])

export function named(word: string): Facts {
  const lower = word.toLowerCase()
  return builtIn.has(lower) ? { fact: lower } : { event: word }
}

/** The word before the bracket that is open at the end of the pieces. */
function calledBy(before: Token[]): string | undefined {
  let depth = 0
  for (let i = before.length - 1; i >= 0; i--) {
    const text = before[i]?.text
    if (text === ')') depth++
    else if (text === '(' && depth-- === 0) return before[i - 1]?.text.toLowerCase()
  }
  return undefined
}

const operators = new Set(['=', '!=', '<', '<=', '>', '>=', 'contains', 'with', 'matches'])

/** The field that stands before an operator, or before "in (" and its list. */
function comparedWith(before: Token[], within: Facts | undefined): Place['field'] {
  let i = before.length - 1
  const end = before[i]
  if (end === undefined) return undefined
  if (end.text === ',' || end.text === '(') {
    for (; i >= 0 && before[i]?.text !== '('; i--) if (before[i]?.text === ')') return undefined
    if (before[--i]?.text.toLowerCase() !== 'in') return undefined
    i--
    if (before[i]?.text.toLowerCase() === 'not') i--
  } else if (operators.has(end.text.toLowerCase())) {
    i--
    if (/^(starts|ends)$/i.test(before[i]?.text ?? '')) i--
  } else {
    return undefined
  }
  const field = before[i]
  if (field?.kind === 'word') return { facts: within, name: field.text }
  if (field?.text === ')') return fieldOfCall(before.slice(0, i))
  return undefined
}

/** The field in a function's brackets: last(order.city). */
function fieldOfCall(before: Token[]): Place['field'] {
  const last = before.at(-1)
  if (last?.kind !== 'word') return undefined
  const dot = last.text.indexOf('.')
  return dot > 0 ? { facts: named(last.text.slice(0, dot)), name: last.text.slice(dot + 1) } : undefined
}

/** The value of a text in double quotes. */
export function unquoted(text: string): string {
  return text.replace(/^"|"$/g, '').replace(/\\(["\\])/g, '$1')
}

export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}
