import { describe, expect, it } from 'vitest'

import { guess } from './guess'

describe('guess', () => {
  it.each([
    ['orders', 'export.csv', 'Name,Email,Financial Status,Paid at,Subtotal,Shipping,Taxes,Total,Lineitem quantity\n#1001,a@b.c'],
    ['customers', 'export.csv', '"Customer ID";"First Name";"Last Name";"Email";"Accepts Email Marketing";"Tags"'],
    ['products', 'export.csv', 'Handle\tTitle\tVendor\tVariant SKU\tVariant Price'],
    ['events', 'export.jsonl', '{"event":"viewed product","at":"2026-01-01T00:00:00Z","anonymous_id":"x","properties":{"price":3}}'],
    ['rates', 'x.csv', 'date,currency,rate'],
    ['orders', 'online_retail.csv', 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'],
    ['customers', 'customers.parquet', 'PAR1\0\0'],
    ['products', '상품.csv', '이름;가격'],
    ['orders', 'x', ''],
  ])('says %s for %s', (kind, name, beginning) => {
    expect(guess(name, beginning)).toBe(kind)
  })
})
