import { expect, test } from 'vitest'

import { begin, changed, redone, undone } from './undo'
import type { Node } from './tree'

const percent = (n: number): Node => ({ kind: 'percent', n })

test('changes are undone and redone', () => {
  let h = changed(changed(begin(undefined), percent(1)), percent(2))
  h = undone(h)
  expect(h.tree).toEqual(percent(1))
  expect(undone(undone(h)).tree).toBeUndefined()
  expect(redone(h).tree).toEqual(percent(2))
  expect(redone(changed(h, percent(3))).tree).toEqual(percent(3))
})

test('what is typed in one place is one step', () => {
  let h = changed(begin(percent(1)), percent(2), '/n')
  h = changed(h, percent(23), '/n')
  expect(undone(h).tree).toEqual(percent(1))
  h = changed(h, percent(5), '/m')
  expect(undone(h).tree).toEqual(percent(23))
})

test('no change is no step', () => {
  const h = begin(percent(1))
  expect(changed(h, percent(1))).toBe(h)
  expect(undone(h)).toBe(h)
  expect(redone(h)).toBe(h)
})
