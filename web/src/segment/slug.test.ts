import { expect, test } from 'vitest'

import { slug } from './slug'

test.each([
  ['Big spenders', 'big-spenders'],
  ['  Clienți fideli – România! ', 'clienti-fideli-romania'],
  ['VIP', 'vip-2'],
  ['단골 고객', 'segment-1'],
  ['', 'segment-1'],
  ['a'.repeat(100), 'a'.repeat(56)],
])('%s', (name, id) => {
  expect(slug(name, new Set(['vip']))).toBe(id)
})
