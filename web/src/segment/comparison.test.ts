import { expect, test } from 'vitest'

import { comparisonOf, emptyValue, hasUnfinished, operatorOf, operatorsOf, subjectOf, withOperator, withSubject, type Operator, type ValueType } from './comparison'
import { RandomTrees } from './random'
import type { Comparison, Term } from './tree'

const types: ValueType[] = ['number', 'text', 'bool', 'date', 'instant', 'list', 'any']
const age: Term = { kind: 'field', name: 'age' }
const all = [...new Set(types.flatMap(operatorsOf))]

test('every comparison takes every operator, keeps what is compared, and says the operator back', () => {
  for (let seed = 0; seed < 200; seed++) {
    const c = new RandomTrees(seed).comparison(2, false)
    for (const type of types) {
      for (const op of all) {
        const changed = withOperator(c, op, type)
        expect(operatorOf(changed)).toBe(op)
        expect(subjectOf(changed).term).toEqual(subjectOf(c).term)
      }
      expect(withOperator(c, operatorOf(c), type)).toBe(c)
    }
  }
})

test.each<[Operator, Operator[]]>([
  ['>=', ['between', '<']],
  ['=', ['in', 'not_in', '!=']],
  ['between', ['>=', 'in']],
  ['in', ['=', 'not_in']],
])('from %s the value is still there after %s', (from, others) => {
  const seven: Term = { kind: 'number', value: 7 }
  const c = withOperator({ kind: 'compare', op: from === '>=' ? '<' : '>=', left: age, right: seven }, from, 'number')
  for (const op of others) expect(JSON.stringify(withOperator(c, op, 'number'))).toContain('7')
})

test('a text survives the way through a match', () => {
  const shoes: Comparison = { kind: 'compare', op: '=', left: age, right: { kind: 'text', value: 'shoes' } }
  expect(withOperator(withOperator(shoes, 'contains', 'text'), '=', 'text')).toEqual(shoes)
})

test('another subject of another type begins anew', () => {
  const c = comparisonOf(age, 'number')
  const country: Term = { kind: 'field', name: 'country' }
  expect(withSubject(c, country, 'number', 'text')).toEqual({ kind: 'compare', op: '=', left: country, right: { kind: 'text', value: '' } })
  expect(withSubject(c, country, 'number', 'number')).toEqual({ ...c, left: country })
  expect(withSubject({ kind: 'is_missing', x: age }, country, 'number', 'text')).toEqual({ kind: 'is_missing', x: country })
})

test('what is left to fill in', () => {
  expect(hasUnfinished(comparisonOf(age, 'number'))).toBe(true)
  expect(hasUnfinished({ kind: 'compare', op: '>', left: age, right: { kind: 'number', value: 0 } })).toBe(false)
  expect(hasUnfinished({ kind: 'has', facts: { event: '' } })).toBe(true)
  for (const type of types) expect(emptyValue(type).kind).toBeDefined()
})
