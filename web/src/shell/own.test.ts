import { expect, test } from 'vitest'

import { isOwn } from './own'

test('one is led to addresses of this console only', () => {
  const origin = 'https://kith.shop.example'
  for (const own of ['/', '/segments/a?tab=history#x', '/customers/-?id=..', '/a//b', '/?u=https://evil.example'])
    expect(isOwn(own, origin), own).toBe(true)
  for (const other of ['', 'segments', '//evil.example', '/\\evil.example', '/\t/evil.example', '/\n//evil.example', 'https://evil.example', 'javascript:alert(1)', '\\\\evil.example'])
    expect(isOwn(other, origin), JSON.stringify(other)).toBe(false)
})
