/** A demo shop and an empty one, with all that the pages of the list can show. */
import type { APIRequestContext, Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'

import { beOwner, startBrowser } from './browser'
import { startKith, type Kith } from './kith'

export const longName = 'Customers who bought twice in spring, came back in autumn, and have looked at least three times at what is new since'

export interface Stage {
  browser: Browser
  shop: Kith
  empty: Kith
  /** A shop that nobody has set up. */
  fresh: Kith
  made: Made
  /** A browser window of the owner of a shop. */
  open: (of: 'shop' | 'empty' | 'fresh', options?: BrowserContextOptions) => Promise<BrowserContext>
  stop: () => Promise<void>
}

/** What was made in the shop, by its ids. */
export interface Made {
  customer: string
  upload: string
  /** An import with refused rows. */
  refused: string
  /** An import that failed. */
  failed: string
}

export async function startStage(customers: number): Promise<Stage> {
  const [browser, ...servers] = await Promise.all([
    startBrowser(),
    startKith('demo', '--customers', String(customers)),
    startKith('serve'),
    startKith('serve'),
  ])
  const [shop, empty, fresh] = servers
  const stop = async () => {
    await browser.close()
    await Promise.all(servers.map((s) => s.stop()))
  }
  try {
    const states = { shop: await own(browser, shop), empty: await own(browser, empty), fresh: undefined }
    const open: Stage['open'] = (of, options = {}) =>
      browser.newContext({ locale: 'en', reducedMotion: 'reduce', storageState: states[of], baseURL: { shop, empty, fresh }[of].url, ...options })
    const context = await open('shop')
    const made = await furnish(context.request, shop.url)
    await context.close()
    return { browser, shop, empty, fresh, made, open, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function own(browser: Browser, kith: Kith) {
  const context = await browser.newContext({ locale: 'en' })
  await beOwner(await context.newPage(), kith.link, 'Ana Maria Popescu-Constantinescu')
  const state = await context.storageState()
  await context.close()
  return { ...state, origins: [] } // the language is the window's
}

/** Asks the API with the cookie of a window, as the console does. */
export function asker(request: APIRequestContext, url: string) {
  return async <T>(method: string, path: string, data?: unknown): Promise<T> => {
    const response = await request.fetch(url + path, { method, data, headers: { Origin: url } })
    if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`)
    return (response.status() === 204 ? undefined : await response.json()) as T
  }
}

export const orders = `Order,Placed on,E-mail,Amount,Voucher,Ship to
1001,2026-03-01 10:00,mia@kith.example,120.50,,RO
1002,2026-03-02 11:30,noah@kith.example,80.00,SPRING,RO
1003,not a day,eva@kith.example,15.00,,DE
1004,2026-04-05 09:15,mia@kith.example,64.90,,RO
`

/** Sends events that cannot be used. */
async function sendWrong(url: string, key: string) {
  const long = 'Product Viewed in the newsletter of the spring campaign of all our shops'
  const wrong = [
    { event: 'Product Viewed', properties: { product_id: 'lamp', price: 'twelve', image_id: 123456789 } },
    { event: long, userId: 'ana', timestamp: 'the day before yesterday', properties: { product_id: 'x'.repeat(120) } },
    { type: 'identify', traits: { first_name: 'Mia', note: 'A long note about what the customer said. '.repeat(10) } },
  ]
  const response = await fetch(`${url}/v1/events`, { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch: wrong }) })
  const { refused } = (await response.json()) as { refused: unknown[] }
  if (refused.length !== wrong.length) throw new Error(`${refused.length} of ${wrong.length} events were refused`)
}

async function furnish(request: APIRequestContext, url: string): Promise<Made> {
  const ask = asker(request, url)
  const upload = async (name: string, text: string) => {
    const response = await request.post(`${url}/v1/uploads?name=${name}`, { data: Buffer.from(text), headers: { Origin: url, 'Content-Type': 'application/octet-stream' } })
    return ((await response.json()) as { id: string }).id
  }
  const map = { order_id: 'Order', at: 'Placed on', email: 'E-mail', total: 'Amount' }
  const load = async (name: string, text: string, map: object) => {
    const { id } = await ask<{ id: string }>('POST', '/v1/imports/jobs', { kind: 'orders', uploads: [await upload(name, text)], map })
    for (;;) {
      const { state } = await ask<{ state: string }>('GET', `/v1/imports/jobs/${id}`)
      if (state !== 'waiting' && state !== 'running') return id
      await new Promise((done) => setTimeout(done, 50))
    }
  }
  const refused = await load('orders-of-the-spring-campaign-in-all-our-shops-2026-03-to-2026-04.csv', orders, map)
  const failed = await load('broken.csv', orders, { order_id: 'Order' })
  await ask('PUT', '/v1/segments/long', { name: longName, text: 'has order in last 30 days and country = "RO"' })
  await ask('POST', '/v1/users', { email: 'bartholomew.featherstonehaugh@marketing.kith.example', name: 'Bartholomew Montgomery Featherstonehaugh-Cholmondeley', role: 'editor' })
  const { key } = await ask<{ key: string }>('POST', '/v1/keys', { name: 'The site that sends events of all our shops in all countries' })
  await sendWrong(url, key)
  const { customers } = await ask<{ customers: { id: string }[] }>('GET', '/v1/customers?sort=-revenue&limit=1')
  return { customer: customers[0]?.id ?? '', upload: await upload('orders.csv', orders), refused, failed }
}
