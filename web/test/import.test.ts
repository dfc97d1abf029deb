/** From an empty shop to a first segment: a file of orders, or the demo shop; and files that are none. */
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { beOwner, startBrowser, watch } from './browser'
import { startKith, type Kith } from './kith'
import { asker } from './stage'

let kith: Kith
let browser: Browser
let page: Page
let wrong: string[]

beforeEach(async () => {
  ;[kith, browser] = await Promise.all([startKith('serve'), startBrowser()])
  const context = await browser.newContext({ locale: 'en', timezoneId: 'Europe/Bucharest', acceptDownloads: true })
  wrong = watch(context)
  page = await context.newPage()
  await beOwner(page, kith.link)
})
afterEach(async () => {
  await browser.close()
  await kith.stop()
})

const figure = (name: string) => page.getByRole('main').getByText(name, { exact: true }).first().locator('xpath=following-sibling::*[1]')
const next = () => page.getByRole('button', { name: 'Next' }).click()

/** Drops a file as a hand with a mouse does. */
async function drop(name: string, content: Buffer) {
  const data = await page.evaluateHandle(
    ([name, base64]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name))
      return transfer
    },
    [name, content.toString('base64')] as const,
  )
  await page.getByText('Drop files here').dispatchEvent('drop', { dataTransfer: data })
}

async function choose(label: string, option: string) {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('combobox', { name: label }).fill(option)
  await page.getByRole('option', { name: new RegExp(`^${option}`) }).first().click()
}

/** Says what the shop is, which is asked first. */
async function settle() {
  await page.goto(kith.url)
  await page.getByRole('link', { name: 'Import an export of your shop' }).click()
  // Preset from the browser.
  await expect.poll(() => page.getByRole('combobox', { name: 'Time zone' }).inputValue()).toContain('Bucharest')
  await page.getByLabel('Name of the shop').fill('Prova')
  await choose('Country', 'Romania')
  await choose('Currency', 'RON')
  expect(await page.getByRole('combobox', { name: 'Language of segments and tactics' }).inputValue()).toBe('English')
  await next()
}

/** Orders of the last days under names that Kith does not know, one of them at no time. */
function file(rows: number): string {
  const day = (i: number) => new Date(Date.now() - (i % 60) * 86_400_000 - 3_600_000).toISOString().slice(0, 16).replace('T', ' ')
  const lines = Array.from({ length: rows }, (_, i) => `${1000 + i},${i === 2 ? 'not a day' : day(i)},buyer${i % 500}@kith.example,${(10 + (i % 90)).toFixed(2)}`)
  return ['Order,Placed on,E-mail,Amount', ...lines].join('\n') + '\n'
}

test('from an empty shop to a first segment', { timeout: 120_000 }, async () => {
  await settle()
  await drop('orders.csv', Buffer.from(file(20_000)))
  await page.getByText('received').waitFor()
  await expect.poll(() => page.locator('input[value=orders]').isChecked()).toBe(true)
  await next()

  // What was found out, with what stands in the columns.
  await expect.poll(() => page.getByLabel('Take Order as').inputValue()).toBe('order_id')
  await expect.poll(() => page.getByLabel('Take E-mail as').inputValue()).toBe('email')
  await page.getByText('buyer1@kith.example').first().waitFor()
  const start = page.getByRole('button', { name: 'Import now' })
  // What was not is asked for.
  await page.getByRole('alert').getByText('Date and time').waitFor()
  expect(await start.isDisabled()).toBe(true)
  await page.getByLabel('Take Placed on as').selectOption('at')
  await page.getByLabel('Take Amount as').selectOption('total')
  await expect.poll(() => figure('Rows').textContent(), { timeout: 20_000 }).toBe('20,000')
  await expect.poll(() => figure('Would be refused').textContent()).toBe('1')
  const refused = page.getByRole('row').filter({ hasText: 'not a day' }).filter({ hasText: 'Placed on' })
  expect(await refused.getByRole('cell').first().textContent()).toBe('4')
  await page.getByRole('button', { name: 'The first rows as Kith reads them' }).click()
  await page.getByRole('cell', { name: 'buyer0@kith.example' }).first().waitFor()

  await start.click()
  await page.getByRole('progressbar', { name: 'Progress' }).waitFor()
  await page.getByText('Done', { exact: true }).waitFor({ timeout: 60_000 })
  expect(await figure('Accepted').textContent()).toBe('19,999')
  expect(await figure('Customers').textContent()).toBe('500')
  await page.getByRole('row').filter({ hasText: 'not a day' }).filter({ hasText: 'Placed on' }).waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download/ }).click()])
  expect(await readFile(await download.path(), 'utf8')).toContain('not a day')

  await page.getByRole('link', { name: 'See the overview' }).click()
  await expect.poll(() => figure('Orders').textContent(), { timeout: 20_000 }).toBe('19,999')
  expect(await figure('Net revenue').textContent()).toMatch(/^RON\s?1\.1M$/)

  await page.getByRole('link', { name: 'Segments', exact: true }).click()
  await page.getByRole('link', { name: 'New segment' }).click()
  await page.getByRole('button', { name: /^Bought recently/ }).click()
  await page.getByRole('region', { name: 'Who is in it' }).getByText('500', { exact: true }).waitFor()
  await page.getByLabel('Name', { exact: true }).fill('Bought lately')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Bought lately', level: 1 }).waitFor()
  await expect.poll(() => figure('Customers').textContent(), { timeout: 20_000 }).toBe('500')
  expect(wrong).toEqual([])
})

test('the demo shop, at one click', { timeout: 120_000 }, async () => {
  await page.getByRole('link', { name: 'Look around in a demo shop' }).click()
  await page.getByRole('radio', { name: '2,000' }).check()
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('progressbar').waitFor()
  await page.getByText('Done', { exact: true }).waitFor({ timeout: 90_000 })
  await page.getByRole('link', { name: 'See the segments' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Lapsed buyers' })
  await expect.poll(() => row.getByRole('cell').nth(1).textContent(), { timeout: 20_000 }).toMatch(/^[\d,]{3,}$/)
  expect(wrong).toEqual([])
})

const row = '1001,2026-03-01 10:00,mia@kith.example,120.50,Târgu Mureș\n'
const broken = [
  { name: 'empty.csv', content: Buffer.alloc(0), said: /empty/ },
  { name: 'picture.csv', content: Buffer.from('89504e470d0a1a0a0000000d49484452000001000000010008060000005c72a866', 'hex'), said: /not a text file/ },
  // A text that is not what it began as.
  {
    name: 'mixed.csv',
    content: Buffer.concat([Buffer.from('order_id,date,email,total,city\n' + row.repeat(30)), Buffer.from('1002,2026-03-02 10:00,noah@kith.example,9.00,Bra\xbaov\n', 'latin1')]),
    said: /encoding|UTF-8/i,
  },
]

test('files that are none say so, and nothing is lost', { timeout: 120_000 }, async () => {
  await settle()
  for (const { name, content, said } of broken) {
    await drop(name, content)
    await page.getByText(name, { exact: true }).waitFor()
    const go = page.getByRole('button', { name: 'Next' })
    const refused = page.getByRole('alert').filter({ hasText: said })
    await expect.poll(async () => (await go.isEnabled()) || (await refused.count()) > 0).toBe(true)
    if (await go.isEnabled()) await go.click()
    await page.getByRole('main').getByText(said).first().waitFor()
    if (name !== 'mixed.csv' && (await page.getByRole('button', { name: 'Import now' }).count()) > 0) {
      expect(await page.getByRole('button', { name: 'Import now' }).isDisabled(), name).toBe(true)
    }
    if ((await page.getByRole('button', { name: 'Back' }).count()) > 0) await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('button', { name: `Remove ${name}` }).click()
  }
  // What was said of the shop is kept, and a file that is one is read.
  const { imports } = await asker(page.context().request, kith.url)<{ imports: unknown[] }>('GET', '/v1/imports')
  expect(imports).toEqual([])
  await drop('orders.csv', Buffer.from('order_id,date,email,total\n' + row.replace(/,[^,]*\n/, '\n')))
  await page.getByText('received').waitFor()
  await next()
  await expect.poll(() => figure('Accepted').textContent()).toBe('1')
  expect(await page.getByRole('combobox', { name: 'Currency' }).inputValue()).toContain('RON')
  expect(wrong).toEqual([])
})
