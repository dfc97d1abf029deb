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

test('what the server says is in the language that is shown', async () => {
  const first = await browser.newContext({ locale: 'en' })
  const page = await first.newPage()
  const wrong = watch(first)
  await beOwner(page, kith.link)

  await page.goto(kith.url + '/segments')
  await page.getByRole('link', { name: 'Lapsed buyers' }).first().waitFor()
  await page.evaluate(() => localStorage.setItem('kith.language', 'ko'))
  await page.reload()
  await page.getByRole('link', { name: '구매가 끊긴 고객' }).first().waitFor()

  await page.goto(kith.url + '/segments/new')
  await page.getByText('텍스트', { exact: true }).click()
  const text = page.getByRole('textbox', { name: '세그먼트 텍스트' })
  await text.click()
  await page.keyboard.type('sum(order.totl) > 100')
  await page.getByText('알 수 없는 필드 "order.totl": 혹시 "order.total"인가요?').first().waitFor()
  expect(await page.getByText('unknown field').count()).toBe(0)

  await page.goto(kith.url + '/health')
  await page.getByText('폴더').first().waitFor()
  await page.getByText('파일이 온전합니다').waitFor()

  // Another language is asked for at once.
  await page.getByRole('button', { name: '내 계정' }).click()
  await page.getByText('Română', { exact: true }).click()
  await page.getByText('Fișierul este întreg').waitFor()
  expect(wrong).toEqual([])
  await first.close()
})
