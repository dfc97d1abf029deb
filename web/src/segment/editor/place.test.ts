import { expect, test } from 'vitest'

import { placeIn, quoted, unquoted } from './place'
import { tokensOf } from './tokens'

const at = (text: string) => placeIn(text.replace('|', ''), text.indexOf('|'))

test('facts are named after has, no, since and in functions', () => {
  for (const text of ['has |', 'no ord|', 'count(|', 'sum(or|', 'age > 3 and has |', 'has visit since last |', 'sequence(|', 'sequence(product_added, |']) {
    expect(at(text).facts, text).toBe(true)
  }
  for (const text of ['|', 'age |', 'percent(|', 'country in (|', 'has order[|', 'at least 2 of (a, |']) expect(at(text).facts, text).toBe(false)
})

test('whose filter it is', () => {
  expect(at('has order[|').within).toEqual({ fact: 'order' })
  expect(at('count(product_viewed[category = "a" and |').within).toEqual({ event: 'product_viewed' })
  expect(at('has event("Quiz Finished")[sc|').within).toEqual({ event: 'Quiz Finished' })
  expect(at('has order[total > 3] and |').within).toBeUndefined()
})

test('what a text is compared with', () => {
  expect(at('country = "|').field).toEqual({ name: 'country' })
  expect(at('country = "R|').field).toEqual({ name: 'country' })
  expect(at('country not in ("RO", "|"').field).toEqual({ name: 'country' })
  expect(at('has item[category starts with "|"]').field).toEqual({ facts: { fact: 'item' }, name: 'category' })
  expect(at('last(order.city) = "|').field).toEqual({ facts: { fact: 'order' }, name: 'city' })
  expect(at('count(order) > "|').field).toBeUndefined()
})

test('segments', () => {
  expect(at('in segment "|').segment).toBe(true)
  expect(at('entered segment |').segment).toBe(true)
  expect(at('in segmen|').segment).toBe(false)
})

test('texts', () => {
  for (const value of ['a', 'a "b"', 'back\\slash', '']) expect(unquoted(quoted(value))).toBe(value)
})

test('pieces', () => {
  const kinds = (text: string) => tokensOf(text).map((t) => t.kind).join(' ')
  expect(kinds('sum(order.total) in last 30 days >= 2.5 # why')).toBe('word sign word sign word word number word sign number comment')
  expect(kinds('at >= 2026-01-31 and name = "a # b" and "open')).toBe('word sign date word word sign text word broken')
  expect(tokensOf('traits.größe = "큰"').map((t) => t.text)).toEqual(['traits.größe', '=', '"큰"'])
})
