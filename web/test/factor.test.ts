import { createHmac } from 'node:crypto'

import { expect, test } from 'vitest'

import { beOwner, password, startBrowser } from './browser'
import { startKith } from './kith'

/** The code of an authenticator app (RFC 6238): steps of 30 seconds from now on. */
function codeOf(secret: string, steps: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = Array.from(secret, (c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const mac = createHmac('sha1', key).update(counter).digest()
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

test('a second factor is turned on, and asked for at the next log-in', async () => {
  const [kith, browser] = await Promise.all([startKith('serve'), startBrowser()])
  try {
    const page = await (await browser.newContext({ locale: 'en' })).newPage()
    await beOwner(page, kith.link)
    await page.goto(kith.url + '/settings/account')
    const factor = page.getByRole('region', { name: 'Two-step login' })
    await factor.getByRole('textbox', { name: 'Current password' }).fill(password)
    await factor.getByRole('button', { name: 'Turn on' }).click()
    const secret = ((await factor.locator('code').first().textContent()) ?? '').replaceAll(' ', '')
    await factor.getByRole('textbox', { name: 'Code' }).fill(codeOf(secret, 0))
    await factor.getByRole('button', { name: 'Confirm' }).click()
    await factor.getByText('Keep these recovery codes').waitFor()

    const other = await (await browser.newContext({ locale: 'en' })).newPage()
    await other.goto(kith.url + '/login')
    await other.getByLabel('E-mail').fill('ana@kith.example')
    await other.getByRole('textbox', { name: 'Password' }).fill(password)
    await other.getByRole('button', { name: 'Log in' }).click()
    await other.getByRole('textbox', { name: 'Code' }).fill('000000')
    expect(await other.getByRole('alert').count()).toBe(0) // to be asked is no error
    await other.getByRole('button', { name: 'Log in' }).click()
    await other.getByRole('alert').getByText(/The code is wrong/).waitFor()
    await other.getByRole('textbox', { name: 'Code' }).fill(codeOf(secret, 1)) // one works once
    await other.getByRole('button', { name: 'Log in' }).click()
    await other.waitForURL((u) => u.pathname === '/')
  } finally {
    await browser.close()
    await kith.stop()
  }
})
