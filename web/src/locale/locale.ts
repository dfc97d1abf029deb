import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

/** The languages that the console speaks, by their BCP 47 tags. */
export const languages = [
  { tag: 'en', name: 'English' },
  { tag: 'ro', name: 'Română' },
  { tag: 'ko', name: '한국어' },
  { tag: 'zh-TW', name: '繁體中文' },
] as const

export type Language = (typeof languages)[number]['tag']

type Texts = Record<string, unknown>

// One file for each language, with the texts of all folders.
const load: Record<Language, () => Promise<{ texts: Texts }>> = {
  en: () => import('./texts/en'),
  ro: () => import('./texts/ro'),
  ko: () => import('./texts/ko'),
  'zh-TW': () => import('./texts/zh-TW'),
}

const kept = 'kith.language'

/** The language that fits a list of tags best; English if none does. */
export function match(tags: readonly string[]): Language {
  for (const tag of tags) {
    const lower = tag.toLowerCase()
    if (lower.startsWith('zh')) return 'zh-TW'
    const found = languages.find((l) => lower === l.tag.toLowerCase() || lower.startsWith(l.tag + '-'))
    if (found !== undefined) return found.tag
  }
  return 'en'
}

/** The language that is shown now. */
export function language(): Language {
  return match([i18next.language])
}

/** Shows a language from now on, and remembers it in this browser. */
export async function speak(tag: Language) {
  const { texts } = await load[tag]()
  for (const [folder, content] of Object.entries(texts)) i18next.addResourceBundle(tag, folder, content, true, true)
  await i18next.changeLanguage(tag)
  document.documentElement.lang = tag
  try {
    localStorage.setItem(kept, tag)
  } catch {
    // A browser that keeps nothing asks again.
  }
}

/** Whether somebody chose a language in this browser. */
export function chosen(): Language | undefined {
  try {
    const tag = localStorage.getItem(kept)
    return tag === null ? undefined : match([tag])
  } catch {
    return undefined
  }
}

/** Loads the texts of the language to begin with. */
export async function startLocale() {
  await i18next.use(initReactI18next).init({
    resources: {},
    lng: 'en',
    fallbackLng: false,
    ns: [],
    defaultNS: 'shell',
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
    // A text that is missing shows as its key, and is told to whoever looks.
    saveMissing: true,
    missingKeyHandler: (_, folder, key, shown) => {
      if (shown === key) console.error(`there is no text ${folder}:${key}`)
    },
  })
  await speak(chosen() ?? match(navigator.languages))
}
