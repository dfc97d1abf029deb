import { describe, expect, it } from 'vitest'

import { assign, nameOf, unmet, type SourceColumn } from './mapping'

const column = (name: string, number: number, ...fields: string[]): SourceColumn => ({ column: name, number, fields, samples: [] })
const id = column('Nr', 1, 'order_id')
const date = column('Date', 2)
const again = column('Date', 3, 'at')
const columns = [id, date, again]

describe('mapping', () => {
  it('names a column by its number where the header is not enough', () => {
    expect(nameOf(columns, id)).toBe('Nr')
    expect(nameOf(columns, again)).toBe('3')
    expect(nameOf([column('', 1)], column('', 1))).toBe('1')
    expect(nameOf([column('2', 1)], column('2', 1))).toBe('1')
  })
  it('takes a field away from where it was, and gives it to a column', () => {
    expect(assign({}, columns, id, 'customer_id')).toEqual({ order_id: '', customer_id: 'Nr' })
    expect(assign({}, columns, id, '')).toEqual({ order_id: '' })
    expect(assign({ order_id: '' }, columns, column('Nr', 1), 'order_id')).toEqual({ order_id: 'Nr' })
  })
  it('changes its mind before the preview came back', () => {
    const first = assign({}, columns, date, 'at')
    expect(assign(first, columns, date, 'cancelled_at')).toEqual({ at: '', cancelled_at: '2' })
  })
  it('leaves no trait behind', () => {
    expect(assign({ 'traits.size': 'Nr' }, columns, column('Nr', 1, 'traits.size'), 'email')).toEqual({ email: 'Nr' })
  })
  it('says what is missing', () => {
    expect(unmet([['order_id'], ['email', 'phone']], [{ columns }])).toEqual([['email', 'phone']])
  })
})
