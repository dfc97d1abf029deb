import { expect, test } from 'vitest'

import { diagnosticsOf } from './lint'

const finding = (start: number, end: number) => ({ line: 1, column: start + 1, start, end, message: 'wrong', warning: false })

test('places count characters', () => {
  const text = 'country = "🇷🇴" and agee > 3'
  const start = Array.from(text.slice(0, text.indexOf('agee'))).length
  expect(diagnosticsOf(text, [finding(start, start + 4)])[0]).toMatchObject({ from: text.indexOf('agee'), to: text.indexOf('agee') + 4 })
})

test('what is missing at the end is pointed at with what is before it', () => {
  expect(diagnosticsOf('age >', [finding(5, 5)])[0]).toMatchObject({ from: 4, to: 5 })
  expect(diagnosticsOf('', [finding(0, 0)])[0]).toMatchObject({ from: 0, to: 0 })
  expect(diagnosticsOf('age', [finding(40, 50)])[0]).toMatchObject({ from: 2, to: 3 })
})
