import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { useShop } from '../setting/shop'

// Formatters are dear to make and asked for in every cell.
const formatters = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>()

function formatter<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  let f = formatters.get(key)
  if (f === undefined) formatters.set(key, (f = make()))
  return f as T
}

/** Writes numbers, money and instants as a language does, in a shop's currency and time zone. */
export class Format {
  constructor(
    private language: string,
    private currency: string,
    private zone: string,
  ) {}

  private numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    return formatter(`n${this.language}${JSON.stringify(options)}`, () => new Intl.NumberFormat(this.language, options))
  }

  private dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return formatter(`d${this.language}${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(this.language, options))
  }

  /** A whole number, as 12,345. */
  count(n: number): string {
    return this.numbers({ maximumFractionDigits: 0 }).format(n)
  }

  /** A number with up to two decimals. */
  number(n: number, digits = 2): string {
    return this.numbers({ maximumFractionDigits: digits }).format(n)
  }

  /** A large number in little room, as 1.2M. */
  short(n: number): string {
    return this.numbers({ notation: 'compact', maximumFractionDigits: 1 }).format(n)
  }

  /** How many came, or went: +12, −3, 0. */
  gain(n: number): string {
    return this.numbers({ signDisplay: 'exceptZero' }).format(n).replace('-', '−')
  }

  /** A share from 0 to 1, as 12.3%. */
  share(x: number, digits = 1): string {
    return this.numbers({ style: 'percent', maximumFractionDigits: digits }).format(x)
  }

  /** An amount, written as a decimal, which is exact. */
  money(amount: string, currency = this.currency): string {
    return this.numbers({ style: 'currency', currency }).format(amount as Intl.StringNumericLiteral)
  }

  /** An amount in little room, without its decimals. */
  shortMoney(amount: string, currency = this.currency): string {
    const options: Intl.NumberFormatOptions = { style: 'currency', currency, maximumFractionDigits: 0 }
    if (Math.abs(Number(amount)) >= 100_000) Object.assign(options, { notation: 'compact', maximumFractionDigits: 1 })
    return this.numbers(options).format(amount as Intl.StringNumericLiteral)
  }

  /** A day of the shop's calendar, from an instant. */
  day(instant: string): string {
    return this.dates({ dateStyle: 'medium', timeZone: this.zone }).format(new Date(instant))
  }

  /** A day and a time in the shop's zone. */
  instant(instant: string): string {
    return this.dates({ dateStyle: 'medium', timeStyle: 'short', timeZone: this.zone }).format(new Date(instant))
  }

  /** A time of the day in the shop's zone, with its seconds. */
  clock(instant: string): string {
    return this.dates({ timeStyle: 'medium', timeZone: this.zone }).format(new Date(instant))
  }

  /** A calendar day as YYYY-MM-DD, which has no zone. */
  date(day: string): string {
    return this.dates({ dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day + 'T00:00:00Z'))
  }

  /** A month as YYYY-MM. */
  month(month: string): string {
    return this.dates({ year: '2-digit', month: 'short', timeZone: 'UTC' }).format(new Date(month + '-01T00:00:00Z'))
  }

  /** How long ago, or until when: "in 3 days", "2 hours ago". */
  relative(instant: string, now: Date = new Date()): string {
    const seconds = (new Date(instant).getTime() - now.getTime()) / 1000
    const f = formatter(`r${this.language}`, () => new Intl.RelativeTimeFormat(this.language, { numeric: 'auto' }))
    for (const [unit, length] of spans) {
      if (Math.abs(seconds) >= length || unit === 'second') return f.format(Math.trunc(seconds / length), unit)
    }
    return ''
  }

  /** The name of a country, from its ISO 3166-1 code. */
  country(code: string): string {
    return named(this.language, 'region', code)
  }

  /** The name of a currency, from its ISO 4217 code. */
  currencyName(code: string): string {
    return named(this.language, 'currency', code)
  }
}

const spans: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365.25 * 86_400],
  ['month', 30.4375 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

function named(language: string, type: 'region' | 'currency', code: string): string {
  try {
    return new Intl.DisplayNames(language, { type }).of(code) ?? code
  } catch {
    return code // not a code
  }
}

/** Formats for the language that is shown and the shop that is served. */
export function useFormat(): Format {
  const { i18n } = useTranslation()
  const shop = useShop()
  const [language, currency, timezone] = [i18n.language, shop?.currency ?? 'EUR', shop?.timezone ?? 'UTC']
  return useMemo(() => new Format(language, currency, timezone), [language, currency, timezone])
}
