// What marketers come for, done with the clicks that they make.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { beOwner, startBrowser, watch } from './browser'
import { startKith, type Kith } from './kith'

let kith: Kith
let browser: Browser
let page: Page
let wrong: string[]

beforeAll(async () => {
  ;[kith, browser] = await Promise.all([startKith('demo', '--customers', '400'), startBrowser()])
  const context = await browser.newContext({ locale: 'en' })
  wrong = watch(context)
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await beOwner(page, kith.link)
})
afterAll(async () => {
  await browser.close()
  await kith.stop()
})

/** Begins with a question that is asked often, as a card offers it. */
async function begin(card: string) {
  await page.getByRole('navigation').getByRole('link', { name: 'Segments' }).click()
  await page.getByRole('link', { name: 'New segment' }).click()
  await page.getByRole('button', { name: card }).click()
}

/** Saves what was begun, and returns its text and its size. */
async function save(name: string): Promise<{ text: string; size: number }> {
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  const size = page.getByRole('main').getByText('Customers', { exact: true }).locator('xpath=following-sibling::*[1]')
  await expect.poll(() => size.textContent(), { timeout: 15_000 }).toMatch(/^[\d,]+$/)
  return { text: (await page.getByLabel('Definition').textContent()) ?? '', size: number(await size.textContent()) }
}

const number = (text: string | null) => Number((text ?? '').replace(/\D/g, ''))

/** How many customers a text has. */
const count = async (text: string) => number(await kith.run('segment', 'count', text))

test('who bought last month but not this month, saved under the name of the example', async () => {
  await begin('Last month, but not this month')
  await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Last month, but not this month')
  const saved = await save('Last month, but not this month')
  expect(saved.size).toBeGreaterThan(0)
  expect(saved.size).toBe(await count('has order previous month and no order this month'))
})

test('who buys only with coupons: not one order is without', async () => {
  await begin('Only with coupons')
  await page.getByLabel('Name').fill('Coupon hunters')
  const saved = await save('Coupon hunters')
  expect(saved.size).toBeGreaterThan(0)
  expect(await count('in segment "coupon-hunters" and has order[coupon is missing]')).toBe(0)
  expect(await count('in segment "coupon-hunters" and count(order) < 2')).toBe(0)
})

test('starting over counts nobody and takes the name of the next example', async () => {
  await begin('One-time buyers')
  await page.getByText('For example', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Start over' }).click()
  await page.getByText('Add a condition to see how many customers fit.').waitFor()
  await page.getByRole('button', { name: 'Lapsed big spenders' }).click()
  await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Lapsed big spenders')
  await save('Lapsed big spenders')
})

test('what a new segment is worth stands at its top', async () => {
  const revenue = page.getByRole('main').getByText('Net revenue, 12 months', { exact: true }).first().locator('xpath=following-sibling::*[1]')
  await expect.poll(() => revenue.textContent(), { timeout: 15_000 }).toMatch(/€/)
})

test('lapsed big spenders for a mail tool: who is left out, and why', async () => {
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('radio', { name: 'A mail tool' }).click()
  const said = page.getByRole('dialog').getByRole('alert')
  await said.getByText('did not agree to it, or took it back').waitFor()
  const [included = 0, members = 0, ...left] = ((await said.textContent()) ?? '').match(/\d+/g)?.map(Number) ?? []
  expect(included + left.reduce((a, b) => a + b, 0)).toBe(members)
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByText('Download CSV').click()])
  const rows = (await readFile(await file.path(), 'utf8')).trim().split('\n')
  expect(rows[0]).toContain('email,first_name,last_name,language,country,consent_at')
  expect(rows.length - 1).toBe(included)
  const [, withoutEmail = 0] = left
  expect(await count('in segment "lapsed-big-spenders" and subscribed.email = true')).toBe(included + withoutEmail)
})

test('why is this person in the segment, when do they leave it, and whose order is this', async () => {
  await page.getByRole('tab', { name: 'Who is in it' }).click()
  await page.getByRole('table').getByRole('link').first().click()
  await page.getByRole('button', { name: /^Lapsed for 3 to 12 months|^Lost buyers/ }).first().click()
  await page.getByText('In the segment.').first().waitFor()
  const why = page.getByRole('region', { name: 'Segments' })
  await why.getByText(/^placed an order$|^placed no order$/).first().waitFor()
  expect(await why.getByText(/If nothing happens, this may change|Time alone changes nothing/).count()).toBeGreaterThan(0)

  const name = (await page.getByRole('heading', { level: 1 }).textContent()) ?? ''
  const order = /^Order (\S+)$/m.exec(await page.getByRole('region', { name: 'What happened' }).innerText())?.[1] ?? ''
  expect(order).not.toBe('')
  await page.getByRole('button', { name: /^Search/ }).click()
  await page.getByRole('dialog').getByRole('textbox').fill(order)
  await page.getByRole('dialog').getByText(name).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  expect(wrong).toEqual([])
})
