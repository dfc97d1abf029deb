/** No page has a serious or critical finding of axe, in light or in dark. */
import type { AxeResults, RunOptions } from 'axe-core'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'

import { openPages, screens, settled, show, type Of } from './pages'
import { startStage, type Stage } from './stage'
import { speaker } from './texts'

const require = createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright'))
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

let stage: Stage

beforeAll(async () => {
  stage = await startStage(500)
})
afterAll(() => stage.stop())

test.for(Object.keys(screens) as Of[])('axe finds nothing on the pages: %s', { timeout: 240_000 }, async (of) => {
  const { context, page } = await openPages(stage, of, { viewport: { width: 1280, height: 900 } })
  const say = speaker('en')
  const found: string[] = []
  for (const screen of screens[of]) {
    await page.emulateMedia({ colorScheme: 'light' })
    await show(page, stage, of, screen, say)
    found.push(...(await findings(page, `${screen.name}, light`)))
    await page.emulateMedia({ colorScheme: 'dark' })
    await settled(page)
    // Only colours differ.
    found.push(...(await findings(page, `${screen.name}, dark`, ['color-contrast', 'link-in-text-block'])))
  }
  expect(found).toEqual([])
  await context.close()
})

test('axe looks', async () => {
  const { context, page } = await openPages(stage, 'fresh', {})
  await page.goto('/login')
  // A field without a name.
  await page.locator('input[type=email]').evaluate((e) => document.querySelector(`label[for="${e.id}"]`)?.remove())
  expect(await findings(page, 'marred')).not.toEqual([])
  await context.close()
})

async function findings(page: Page, where: string, rules?: string[]): Promise<string[]> {
  // A page that was loaded anew has no axe yet.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  const options: RunOptions = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) }
  const { violations } = await page.evaluate((o) => (window as unknown as { axe: { run: (o: RunOptions) => Promise<AxeResults> } }).axe.run(o), options)
  // Mantine's menus begin with an empty element that takes the focus: without
  // it the keyboard does not get into them.
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) => v.nodes.filter((n) => !(v.id === 'aria-required-children' && n.html.includes('role="menu"'))).map((n) => `${where}: ${v.id} ${n.target.join(' ')} ${n.html.slice(0, 160)} ${n.any.map((c) => c.message).join('; ').slice(0, 200)}`))
}
