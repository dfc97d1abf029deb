import { expect, test } from 'vitest'

import { customerLink, customerName, customerParams, shownId } from './name'

test('a masked id is shown without what the server knows it by', () => {
  expect(shownId('a***@***.com~Zm9vYmFyX-8')).toBe('a***@***.com')
  expect(shownId('***78~Zm9v')).toBe('***78')
  expect(shownId('c-17~x')).toBe('c-17~x')
  expect(customerName({ id: '***78~Zm9v' })).toBe('***78')
  expect(customerName({ id: '***78~Zm9v', first_name: 'Ana' })).toBe('Ana')
})

test('every customer has an address', () => {
  expect(customerLink('a/b ?#')).toBe('/customers/a%2Fb%20%3F%23')
  for (const id of ['.', '..', '/']) {
    expect(new URL(customerLink(id), 'http://x').pathname).toBe('/customers/-')
    expect(new URL(customerLink(id), 'http://x').searchParams.get('id')).toBe(id)
    expect(customerParams(id)).toEqual({ path: { id: '-' }, query: { id } })
  }
  expect(customerParams('search')).toEqual({ path: { id: 'search' } })
})

test.each([
  [{ id: 'c1', first_name: 'Ana', last_name: 'Pop' }, 'Ana Pop'],
  [{ id: 'c1', first_name: '수빈', last_name: '최' }, '최수빈'],
  [{ id: 'c1', first_name: '怡君', last_name: '陳' }, '陳怡君'],
  [{ id: 'c1', first_name: 'Mina', last_name: '최' }, 'Mina 최'],
  [{ id: 'c1', last_name: 'P***' }, 'P***'],
  [{ id: 'ana@kith.example', first_name: '' }, 'ana@kith.example'],
])('%o is called %s', (customer, name) => {
  expect(customerName(customer)).toBe(name)
})
