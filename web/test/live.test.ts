import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'

import { beOwner, startBrowser, watch } from './browser'
import { startKith, type Kith } from './kith'

let kith: Kith
let browser: Browser

beforeAll(async () => {
  ;[kith, browser] = await Promise.all([startKith('demo', '--customers', '500'), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await kith.stop()
})

/** Sends an event of a customer as the shop's server would. */
async function send(key: string, event: object) {
  const response = await fetch(kith.url + '/v1/events', { method: 'POST', headers: { Authorization: `Bearer ${key}` }, body: JSON.stringify(event) })
  expect(response.status).toBe(200)
}

test('an event, and the end of a window, show without a reload', async () => {
  const context = await browser.newContext({ locale: 'en' })
  const wrong = watch(context)
  const page = await context.newPage()
  await beOwner(page, kith.link)
  const key = (await kith.run('key', 'create', '--secret')).trim()
  await kith.run('segment', 'save', 'quiz', 'has event("Quiz Finished") in last 1 minutes', '--name', 'Took the quiz')
  await page.goto(kith.url + '/segments/quiz')
  const size = page.getByRole('main').getByText('Customers', { exact: true }).locator('xpath=following-sibling::*[1]')
  await expect.poll(() => size.textContent(), { timeout: 30_000 }).toBe('0')

  // 52 seconds ago: the minute is over soon.
  await send(key, { event: 'Quiz Finished', userId: 'zoe', messageId: 'q1', timestamp: new Date(Date.now() - 52_000).toISOString() })
  await expect.poll(() => size.textContent(), { timeout: 7_000, interval: 50 }).toBe('1')
  await expect.poll(() => size.textContent(), { timeout: 20_000 }).toBe('0')
  expect(wrong).toEqual([])
  await context.close()
})

test('a marker in every field never runs', async () => {
  const context = await browser.newContext({ locale: 'en' })
  const page = await context.newPage()
  let ran = false
  await page.exposeFunction('marked', () => (ran = true))
  await page.goto(kith.url + '/login')
  await page.getByLabel('E-mail').fill('ana@kith.example')
  await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL((u) => u.pathname === '/')
  const key = (await kith.run('key', 'create', '--secret')).trim()
  const mark = '"><img src=x onerror=marked()><script>marked()</script>{{7*7}}'
  await send(key, {
    type: 'identify',
    userId: 'mark' + mark,
    email: 'mark@kith.example',
    messageId: 'm0',
    traits: { first_name: mark, last_name: mark, city: mark, country: 'RO', note: mark },
  })
  await send(key, { event: mark, userId: 'mark' + mark, messageId: 'm1', properties: { product_id: mark, name: mark, category: mark } })
  await send(key, {
    event: 'Order Completed',
    userId: 'mark' + mark,
    messageId: 'm2',
    timestamp: new Date().toISOString(),
    properties: { order_id: mark, total: 12, coupon: mark, products: [{ product_id: mark, name: mark, category: mark, quantity: 1, price: 12 }] },
  })
  await kith.run('segment', 'save', 'marked', 'has order[coupon contains "onerror"]', '--name', mark)
  await expect
    .poll(async () => (await kith.run('segment', 'count', '@marked')).trim(), { timeout: 30_000 })
    .toBe('1')
  for (const path of [
    '/',
    '/segments',
    '/segments/marked',
    '/segments/marked?tab=members',
    '/segments/marked?tab=history',
    '/segments/marked/edit',
    '/customers',
    '/customers/' + encodeURIComponent('mark' + mark),
    '/settings/audit',
    '/imports',
  ]) {
    await page.goto(kith.url + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForTimeout(300)
    expect(await page.locator('img[src="x"]').count(), path).toBe(0)
  }
  expect(ran).toBe(false)
  await context.close()
})
