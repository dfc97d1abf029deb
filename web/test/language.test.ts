/** Every page in every language: all is said in it, nothing is cut off, and a phone need not be moved sideways. */
import { afterAll, beforeAll, expect, test } from 'vitest'

import { watch } from './browser'
import { look, type Sight } from './look'
import { openPages, screens, settled, show, type Of } from './pages'
import { startStage, type Stage } from './stage'
import { languages, speaker, texts, type Language } from './texts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage(500)
})
afterAll(() => stage.stop())

test.for(languages)('every page in %s', { timeout: 300_000 }, async (language) => {
  const wrong = await Promise.all((Object.keys(screens) as Of[]).map((of) => walk(of, language)))
  expect(wrong.flat()).toEqual([])
})

test('what is cut off is seen', async () => {
  const { context, page } = await openPages(stage, 'fresh', {})
  await page.goto('/login')
  await page.getByRole('button', { name: 'Log in' }).evaluate((e) => (e.style.width = '40px'))
  expect((await page.evaluate(look)).cut).toEqual([expect.stringContaining('"Log in" is cut off')])
  await context.close()
})

async function walk(of: Of, language: Language): Promise<string[]> {
  const { context, page } = await openPages(stage, of, { locale: language, viewport: { width: 1280, height: 900 } })
  // A text that is missing is an error in the browser's console.
  const errors = watch(context)
  const heard: Promise<string>[] = []
  page.on('response', (r) => /\/v1\/(?!live|tail)/.test(r.url()) && heard.push(r.text().catch(() => '')))
  const wrong: string[] = []
  const say = speaker(language)
  const english = language === 'en' ? [] : foreign(language)
  for (const screen of screens[of]) {
    await page.setViewportSize({ width: 1280, height: 900 })
    await show(page, stage, of, screen, say)
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 })
      await settled(page)
      const sight = await page.evaluate(look)
      const served = (await Promise.all(heard)).join('\n')
      wrong.push(...faults(sight, language, english, served).map((fault) => `${screen.name}, ${width}: ${fault}`))
    }
  }
  await context.close()
  return [...wrong, ...errors.filter((e) => !e.includes('status of 503'))] // of the page that shows an error
}

function faults({ cut, sideways, texts, lang }: Sight, language: Language, english: RegExp[], served: string): string[] {
  // What the server says is not the console's own.
  const own = texts.filter((text) => !served.includes(JSON.stringify(text).slice(1, -1)))
  return [
    ...cut,
    ...(sideways > 0 ? [`the page is ${sideways} px wider than the window`] : []),
    ...(lang === language ? [] : [`lang is ${lang}`]),
    ...own.filter((text) => english.some((e) => e.test(text))).map((text) => `"${text}" is English`),
  ]
}

/** What no page may say in a language: the English texts of two words or more that are others in it. */
function foreign(language: Language): RegExp[] {
  const own = texts(language)
  const said = new Set(own.values())
  return [...texts('en').values()]
    .filter((text) => !said.has(text))
    .filter((text) => (text.replaceAll(/\{\{\w+\}\}/g, ' ').match(/\p{L}{2,}/gu) ?? []).length >= 2)
    .map((text) => new RegExp(`^${text.split(/\{\{\w+\}\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`))
}
