import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'

import { beOwner, password, startBrowser, watch } from './browser'
import { startKith, type Kith } from './kith'

let kith: Kith
let browser: Browser

beforeAll(async () => {
  ;[kith, browser] = await Promise.all([startKith('demo', '--customers', '1000'), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await kith.stop()
})

test('from the one-time link to the first segment', async () => {
  const context = await browser.newContext({ locale: 'en' })
  const wrong = watch(context)
  const page = await context.newPage()
  await beOwner(page, kith.link)
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.getByText('Repeat rate').waitFor()

  // The link is gone after use.
  const other = await browser.newContext({ locale: 'en' })
  const late = await other.newPage()
  await late.goto(kith.link)
  await late.getByRole('heading', { name: 'This link is gone' }).waitFor()
  await other.close()

  await page.getByRole('link', { name: 'Segments', exact: true }).click()
  await page.getByRole('link', { name: 'Lapsed buyers' }).first().click()
  await page.getByRole('tab', { name: 'Who is in it' }).click()
  await page.getByRole('table').getByRole('row').nth(1).waitFor()
  expect(wrong).toEqual([])
  await context.close()
})

test('a wrong password is refused, the right one opens what was asked for', async () => {
  const context = await browser.newContext({ locale: 'en' })
  const page = await context.newPage()
  await page.goto(kith.url + '/customers')
  await page.getByLabel('E-mail').fill('ana@kith.example')
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL((u) => u.pathname === '/customers')
  await context.close()
})
