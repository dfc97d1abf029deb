import { describe, expect, it } from 'vitest'

import { places } from '../shell/places'

interface Texts {
  [key: string]: Texts | string
}

/** A call of t in a source: a key, or what a key begins with. */
interface Use {
  folder: string
  key: string
  begins: boolean
  /** Where there is no such key, another text is shown. */
  spare: boolean
  where: string
}

const languages = ['en', 'ro', 'ko', 'zh-TW']
const files = import.meta.glob<Texts>('../*/locale/*.json', { import: 'default', eager: true })
const sources = Object.entries(import.meta.glob<string>('../**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true })).filter(
  ([path]) => !/\.test\.tsx?$|\/schema\.ts$/.test(path),
)

/** The texts of a folder in a language, by their keys: "a.b.c". */
function texts(folder: string, language: string): Map<string, string> {
  const flat = new Map<string, string>()
  const walk = (part: Texts, path: string) => {
    for (const [key, value] of Object.entries(part)) {
      if (typeof value === 'string') flat.set(path + key, value)
      else walk(value, `${path}${key}.`)
    }
  }
  walk(files[`../${folder}/locale/${language}.json`] ?? {}, '')
  return flat
}

const form = /_(zero|one|two|few|many|other)$/

/** Returns what takes the form of a plural off a key: how many there are depends on the language. */
function plainer(folder: string): (key: string) => string {
  const english = texts(folder, 'en')
  return (key) => {
    const without = key.replace(form, '')
    return english.has(`${without}_other`) ? without : key
  }
}
const keysOf = (folder: string, language: string) => new Set([...texts(folder, language).keys()].map(plainer(folder)))
const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)[^}]*\}\}/g)].map((m) => m[1] ?? '')

/** The first argument of each call of t, and where it stands. */
function calls(source: string): { at: number; key: string; rest: string }[] {
  return [...source.matchAll(/(?<![\w.$])t\(/g)].map(({ index, 0: call }) => {
    const start = index + call.length
    let end = start
    let comma = -1
    let quote = ''
    for (let depth = 1; end < source.length && depth > 0; end++) {
      const c = source.charAt(end)
      if (quote !== '') quote = c === quote ? '' : quote
      else if (`'"\``.includes(c)) quote = c
      else if ('([{'.includes(c)) depth++
      else if (')]}'.includes(c)) depth--
      else if (c === ',' && depth === 1 && comma < 0) comma = end
    }
    const stop = comma < 0 ? end - 1 : comma
    // What is handed on may be a text of another folder.
    return { at: index, key: source.slice(start, stop), rest: source.slice(stop, end - 1).replace(/(?<![\w.$])t\([^()]*(\([^()]*\)[^()]*)*\)/g, '') }
  })
}

/** The keys that a source uses: those that are written out, and the beginnings of the others. */
function usesOf(where: string, source: string): Use[] {
  const hooks = [...source.matchAll(/useTranslation\('([\w-]+)'\)/g)]
  // The segment builder's own t (useTexts) puts this before each key.
  const before = hooks.length === 0 && where.startsWith('../segment/') ? 'builder.' : ''
  return calls(source).flatMap(({ at, key, rest }) => {
    const folder = /\bns:\s*'([\w-]+)'/.exec(rest)?.[1] ?? hooks.filter((m) => m.index < at).at(-1)?.[1] ?? hooks[0]?.[1] ?? (before === '' ? '' : 'segment')
    return [...key.matchAll(/'([^']*)'|`([^`]*)`/g)]
      .filter((m) => (m[1] ?? m[2]) !== '' && !/[=!]==?\s*$/.test(key.slice(0, m.index))) // a comparison, not a key
      .map((m) => {
        const text = m[1] ?? m[2] ?? ''
        return { folder, key: before + (text.split('${')[0] ?? ''), begins: text.includes('${'), spare: /\bdefaultValue:/.test(rest), where }
      })
  })
}

const uses = [...sources.flatMap(([path, source]) => usesOf(path, source)), ...places.map((p) => ({ folder: 'shell', key: p.name, begins: false, spare: false, where: 'places.ts' }))]
const folders = [...new Set([...Object.keys(files).map((path) => path.split('/')[1] ?? ''), ...uses.map((use) => use.folder)])].sort()

describe.each(folders)('the texts of %s', (folder) => {
  const english = keysOf(folder, 'en')
  const plain = plainer(folder)
  const isPlural = (key: string) => plain(key) !== key

  it('have every key that is used', () => {
    const missing = uses
      .filter((use) => use.folder === folder && !use.spare)
      .filter((use) => (use.begins ? ![...english].some((key) => key.startsWith(use.key)) : !english.has(use.key)))
      .map((use) => `${use.key}${use.begins ? '…' : ''} (${use.where})`)
    expect([...new Set(missing)]).toEqual([])
  })

  it('have no key that nobody uses', () => {
    const mine = uses.filter((use) => use.folder === folder)
    const idle = [...english].filter((key) => !mine.some((use) => (use.begins ? key.startsWith(use.key) : key === use.key)))
    expect(idle).toEqual([])
  })

  it.each(languages)('are whole in %s', (language) => {
    expect([...keysOf(folder, language)].sort()).toEqual([...english].sort())
    for (const [key, text] of texts(folder, language)) expect(text.trim(), key).not.toBe('')
  })

  it.each(languages)('have the forms of plurals that %s has', (language) => {
    const all = texts(folder, language)
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const plurals = new Set([...all.keys()].filter(isPlural).map(plain))
    for (const key of plurals) expect([...all.keys()].filter((k) => isPlural(k) && plain(k) === key).sort(), key).toEqual(forms.map((f) => `${key}_${f}`).sort())
  })

  it.each(languages)('have the same placeholders in %s', (language) => {
    const wanted = new Map<string, Set<string>>()
    for (const [key, text] of texts(folder, 'en')) wanted.set(plain(key), new Set([...(wanted.get(plain(key)) ?? []), ...placeholders(text)]))
    for (const [key, text] of texts(folder, language)) {
      const found = [...new Set(placeholders(text))].sort()
      const all = [...(wanted.get(plain(key)) ?? [])].sort()
      // One form of a plural may say its number in a word.
      if (isPlural(key)) expect(all, key).toEqual(expect.arrayContaining(found))
      else expect(found, key).toEqual(all)
    }
  })
})
