/** What a browser loads before the first page is there. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { beOwner, startBrowser } from './browser'
import { startKith, type Kith } from './kith'

const most = 250 * 1024

// What stands in the scripts of what is large, and in no others.
const marks = { charts: '_echarts_instance_', builder: 'sequence.form', editor: 'cm-scroller' }

let kith: Kith
let browser: Browser

beforeAll(async () => {
  ;[kith, browser] = await Promise.all([startKith('demo', '--customers', '500'), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await kith.stop()
})

interface Script {
  /** As it was sent. */
  bytes: number
  text: string
}

/** Keeps the scripts that a page loads. */
function follow(page: Page): Promise<Script>[] {
  const scripts: Promise<Script>[] = []
  page.on('response', (r) => {
    if (r.request().resourceType() !== 'script') return
    scripts.push(Promise.all([r.body(), r.request().sizes()]).then(([body, { responseBodySize }]) => ({ bytes: responseBodySize, text: body.toString() })))
  })
  return scripts
}

const holding = (scripts: Script[], mark: string) => scripts.filter((s) => s.text.includes(mark))

test('the first load is small, and what is large comes later', async () => {
  const owner = await browser.newContext({ locale: 'en' })
  await beOwner(await owner.newPage(), kith.link)
  // A window with the session and nothing in its cache.
  const context = await browser.newContext({ locale: 'en', storageState: await owner.storageState() })
  const page = await context.newPage()
  const loading = follow(page)
  await page.goto(kith.url)
  await page.getByText('Repeat rate').waitFor()
  const interactive = await page.evaluate(() => performance.now())
  await expect.poll(async () => holding(await Promise.all(loading), marks.charts).length, { timeout: 20_000 }).toBe(1)
  const scripts = await Promise.all(loading)
  const charts = holding(scripts, marks.charts)
  const first = scripts.filter((s) => !charts.includes(s))
  const total = first.reduce((sum, s) => sum + s.bytes, 0)
  console.log(`first load: ${first.length} scripts, ${(total / 1024).toFixed(1)} KB compressed; the overview can be used after ${interactive.toFixed(0)} ms`)
  expect(total).toBeGreaterThan(100 * 1024)
  expect(total).toBeLessThanOrEqual(most)
  expect(holding(scripts, marks.builder)).toEqual([])
  expect(holding(scripts, marks.editor)).toEqual([])

  // They come where they are used.
  await page.goto(kith.url + '/segments/new')
  await page.getByText('Text', { exact: true }).click()
  await page.locator('.cm-content').waitFor()
  const all = await Promise.all(loading)
  expect(holding(all, marks.builder)).not.toEqual([])
  expect(holding(all, marks.editor)).not.toEqual([])
})
