/** Something to choose, with what is shown of it. */
export interface Choice {
  value: string
  label: string
}

const byLabel = (language: string) => {
  const { compare } = new Intl.Collator(language)
  return (a: Choice, b: Choice) => compare(a.label, b.label)
}

function withCurrent(list: string[], current: string | undefined): string[] {
  return current === undefined || current === '' || list.includes(current) ? list : [current, ...list]
}

/** The time zones that the browser knows, with how far they are from UTC now. */
export function zones(current?: string, now: Date = new Date()): Choice[] {
  return withCurrent(['UTC', ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC')], current).map((zone) => {
    const name = zone.replaceAll('_', ' ')
    const offset = offsetOf(zone, now)
    return { value: zone, label: offset === '' || offset === name ? name : `${name} (${offset})` }
  })
}

function offsetOf(zone: string, now: Date): string {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(now)
    return (parts.find((p) => p.type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC')
  } catch {
    return '' // a zone that this browser does not know
  }
}

/** The time zone of this browser. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** The currencies that the browser knows, by their names. */
export function currencies(language: string, current?: string): Choice[] {
  const names = new Intl.DisplayNames(language, { type: 'currency', fallback: 'none' })
  return withCurrent(Intl.supportedValuesOf('currency'), current)
    .map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }))
    .sort((a, b) => (a.value < b.value ? -1 : 1))
}

// Codes that have a name and are no country of ISO 3166-1.
const noCountries = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ'])

/** The countries, by their names. Browsers have no list of them, but know which codes have names. */
export function countries(language: string, current?: string): Choice[] {
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' })
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  const codes = letters
    .flatMap((a) => letters.map((b) => a + b))
    .filter((code) => !noCountries.has(code) && names.of(code) !== undefined && new Intl.Locale('und', { region: code }).maximize().region === code)
    .filter((code) => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`)
  return withCurrent(codes, current)
    .map((code) => ({ value: code, label: names.of(code) ?? code }))
    .sort(byLabel(language))
}

/** The currency that a country pays with, for the countries of most shops here; others are chosen. */
export function currencyOf(country: string): string | undefined {
  return usual[country]
}

const euro = ['AT', 'BE', 'CY', 'DE', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'IE', 'IT', 'LT', 'LU', 'LV', 'MT', 'NL', 'PT', 'SI', 'SK']
const usual: Partial<Record<string, string>> = {
  ...Object.fromEntries(euro.map((country) => [country, 'EUR'])),
  AU: 'AUD', BG: 'EUR', BR: 'BRL', CA: 'CAD', CH: 'CHF', CZ: 'CZK', DK: 'DKK', GB: 'GBP', HK: 'HKD', HU: 'HUF', IN: 'INR', JP: 'JPY', KR: 'KRW',
  MD: 'MDL', MX: 'MXN', NO: 'NOK', NZ: 'NZD', PL: 'PLN', RO: 'RON', RS: 'RSD', SE: 'SEK', SG: 'SGD', TR: 'TRY', TW: 'TWD', UA: 'UAH', US: 'USD',
}

// The country of a zone says more than the browser's language, which often is English.
const zoneCountries: Partial<Record<string, string>> = {
  'Europe/Bucharest': 'RO', 'Asia/Seoul': 'KR', 'Asia/Taipei': 'TW', 'Europe/London': 'GB', 'Europe/Berlin': 'DE', 'Europe/Paris': 'FR', 'Europe/Madrid': 'ES',
  'Europe/Rome': 'IT', 'Europe/Warsaw': 'PL', 'Europe/Budapest': 'HU', 'Europe/Sofia': 'BG', 'Europe/Chisinau': 'MD', 'Asia/Tokyo': 'JP', 'Asia/Hong_Kong': 'HK',
}

/** The country that a browser seems to be in. */
export function browserCountry(zone: string = browserZone(), tags: readonly string[] = navigator.languages): string | undefined {
  return zoneCountries[zone] ?? tags.map((tag) => new Intl.Locale(tag).region).find((region) => region !== undefined)
}

/** The languages that segments and their tactics are written in. */
export const shopLanguages = ['en', 'ro', 'ko', 'zh-Hant'] as const

/** What the shop calls a language: there Chinese is named by its script, not by a place. */
export function shopLanguage(tag: string): (typeof shopLanguages)[number] {
  const lower = tag.toLowerCase()
  if (lower.startsWith('zh')) return 'zh-Hant'
  return shopLanguages.find((l) => lower === l || lower.startsWith(`${l}-`)) ?? 'en'
}
