import { describe, expect, it } from 'vitest'

import { browserCountry, countries, currencies, currencyOf, zones } from './choices'

describe('choices', () => {
  it('have the zones with their offsets, and one that the browser does not know', () => {
    const list = zones('Mars/Olympus', new Date('2026-01-15T00:00:00Z'))
    expect(list.find((z) => z.value === 'Europe/Bucharest')?.label).toBe('Europe/Bucharest (UTC+2)')
    expect(list.find((z) => z.value === 'America/New_York')?.label).toBe('America/New York (UTC-5)')
    expect(list[0]?.value).toBe('Mars/Olympus')
    expect(list.filter((z) => z.value === 'UTC')).toHaveLength(1)
  })
  it('have the countries once, by name, and nothing that is none', () => {
    const list = countries('en')
    const codes = list.map((c) => c.value)
    expect(codes).toEqual(expect.arrayContaining(['RO', 'KR', 'TW', 'US', 'GB', 'XK']))
    expect(codes).not.toEqual(expect.arrayContaining(['EU']))
    for (const none of ['EU', 'UN', 'ZZ', 'DD', 'SU', 'UK', 'YU']) expect(codes).not.toContain(none)
    expect(new Set(list.map((c) => c.label)).size).toBe(list.length)
    expect(list.length).toBeGreaterThan(240)
    expect(list.length).toBeLessThan(255)
  })
  it('have the currencies by code', () => {
    expect(currencies('en').find((c) => c.value === 'RON')?.label).toBe('RON · Romanian Leu')
  })
  it('guess', () => {
    expect(browserCountry('Asia/Seoul', ['en-US'])).toBe('KR')
    expect(browserCountry('Etc/Nowhere', ['ro', 'ro-RO'])).toBe('RO')
    expect(browserCountry('Etc/Nowhere', ['ro'])).toBe(undefined)
    expect(currencyOf('KR')).toBe('KRW')
  })
})
