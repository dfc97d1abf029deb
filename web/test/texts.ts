import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const source = join(import.meta.dirname, '..', 'src')

export const languages = ['en', 'ro', 'ko', 'zh-TW'] as const
export type Language = (typeof languages)[number]

/** All texts of a language, by "folder:key.of.it". */
export function texts(language: Language): Map<string, string> {
  const flat = new Map<string, string>()
  const walk = (part: object, before: string, dot: string) => {
    for (const [key, value] of Object.entries(part)) {
      if (typeof value === 'string') flat.set(before + dot + key, value)
      else walk(value as object, before + dot + key, dot === '' ? '.' : dot)
    }
  }
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    const folder = new RegExp(`^(\\w+)/locale/${language}\\.json$`).exec(file)?.[1]
    if (folder !== undefined) walk(JSON.parse(readFileSync(join(source, file), 'utf8')) as object, `${folder}:`, '')
  }
  return new Map([...flat].map(([key, text]) => [key.replace(':.', ':'), text]))
}

/** What a text of the console is in one language. */
export type Say = (key: string, values?: Record<string, string>) => string

export function speaker(language: Language): Say {
  const all = texts(language)
  return (key, values = {}) => {
    const text = all.get(key)
    if (text === undefined) throw new Error(`there is no text ${key} in ${language}`)
    return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
  }
}
