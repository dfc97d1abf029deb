import { expect, test } from 'vitest'

import { highest, scrollHeight, windowOf } from './window'

test('a short list is drawn whole', () => {
  expect(windowOf(0, 3, 40, 400)).toEqual({ first: 0, end: 3, offset: 0 })
  expect(windowOf(0, 0, 40, 400)).toEqual({ first: 0, end: 0, offset: 0 })
})

test('a list that fits the browser scrolls pixel by pixel', () => {
  expect(windowOf(0, 1000, 40, 400)).toEqual({ first: 0, end: 10, offset: 0 })
  expect(windowOf(50, 1000, 40, 400)).toEqual({ first: 1, end: 12, offset: -10 })
})

test('every row of a list of millions is reached, the last one at the bottom', () => {
  for (const total of [1000, 300_000, 1_000_000, 20_000_000]) {
    const way = scrollHeight(total, 40) - 400
    expect(scrollHeight(total, 40)).toBeLessThanOrEqual(highest)
    const last = windowOf(way, total, 40, 400)
    expect(last.end).toBe(total)
    expect(last.offset + (last.end - last.first) * 40).toBeCloseTo(400, 3)
    expect(windowOf(way + 1000, total, 40, 400)).toEqual(last)
    expect(windowOf(-10, total, 40, 400).first).toBe(0)
  }
})

test('no window has more rows than are seen', () => {
  for (let top = 0; top < 12_000_000; top += 123_457) {
    const w = windowOf(top, 1_000_000, 40, 400)
    expect(w.end - w.first).toBeLessThanOrEqual(11)
    expect(w.offset).toBeLessThanOrEqual(0)
    expect(w.offset).toBeGreaterThan(-40)
  }
})
