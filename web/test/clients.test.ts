import { createServer, type Server } from 'node:http'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'

import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startBrowser } from './browser'
import { startKith, type Kith } from './kith'

// Clients of others, as they are published: only the address is Kith's.

let kith: Kith
let browser: Browser
let shop: Server
let secret: string
let pub: string

const modules = join(import.meta.dirname, '..', 'node_modules')
const scripts: Record<string, string> = {
  '/segment.js': join(modules, '@segment/analytics-next/dist/umd/index.js'),
  '/rudder.js': join(modules, '@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js'),
}

/** A shop's site: another origin than Kith's. */
async function startShop(): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? '/', 'http://shop').pathname
      const script = scripts[path]
      if (script === undefined) {
        response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Shop</title><h1>Shop</h1>')
        return
      }
      response.setHeader('Content-Type', 'text/javascript').end(await readFile(script))
    })()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}

const site = () => `http://127.0.0.1:${(shop.address() as AddressInfo).port}`

beforeAll(async () => {
  ;[kith, browser, shop] = await Promise.all([startKith('serve'), startBrowser(), startShop()])
  secret = (await kith.run('key', 'create', '--secret')).trim()
  pub = (await kith.run('key', 'create')).trim()
})
afterAll(async () => {
  await browser.close()
  await kith.stop()
  shop.close()
})

/** Whether a customer is in a segment, by its text. */
async function isIn(customer: string, text: string): Promise<boolean> {
  return (await kith.run('segment', 'members', text)).split('\n').includes(customer)
}

async function expectIn(customer: string, ...texts: string[]) {
  for (const text of texts) await expect.poll(() => isIn(customer, text), { timeout: 20_000, message: `${customer}: ${text}` }).toBe(true)
}

test('@segment/analytics-node: orders count', async () => {
  const client = new Analytics({ writeKey: secret, host: kith.url })
  const problems: unknown[] = []
  client.on('error', (problem) => problems.push(problem))
  client.identify({ userId: 'node', traits: { email: 'node@shop.example', city: 'Cluj' } })
  client.track({ userId: 'node', event: 'Product Viewed', properties: { product_id: 'p1', price: 49.9, category: 'shoes' } })
  client.track({ userId: 'node', event: 'Order Completed', properties: { order_id: 'o-node', total: 120.5, currency: 'EUR' } })
  client.page({ userId: 'node', name: 'Home' })
  client.screen({ userId: 'node', name: 'Main' })
  client.alias({ userId: 'node', previousId: 'before' })
  client.group({ userId: 'node', groupId: 'friends' })
  await client.closeAndFlush()
  expect(problems).toEqual([])
  await expectIn('node', 'sum(order.total) = 120.5', 'has product_viewed[category = "shoes"]', 'city = "Cluj"', 'has page[name = "Home"] and has screen[name = "Main"]')
})

test('@rudderstack/rudder-sdk-node: gzip, and a form that is JSON', async () => {
  const client = new RudderAnalytics(secret, { dataPlaneUrl: kith.url, flushAt: 3, flushInterval: 100 })
  client.identify({ userId: 'rudder-node', traits: { email: 'rudder-node@shop.example' } })
  client.track({ userId: 'rudder-node', event: 'Product Added', properties: { product_id: 'p1', quantity: 2, price: 10 } })
  client.track({ userId: 'rudder-node', event: 'Order Completed', properties: { order_id: 'o-rudder', total: 20 } })
  await new Promise<void>((done) => {
    void client.flush(() => done())
  })
  await expectIn('rudder-node', 'count(order) = 1', 'has product_added[product = "p1"]')
})

test('@segment/analytics-next in a browser of another site', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const failed: string[] = []
  page.on('requestfailed', (request) => failed.push(request.url()))
  page.on('response', (response) => response.status() >= 400 && !response.url().endsWith('favicon.ico') && failed.push(`${response.status()} ${response.url()}`))
  await page.goto(site() + '/?utm_source=news&utm_medium=email&utm_campaign=May')
  await page.evaluate(
    async ({ pub, url, site }) => {
      const element = document.createElement('script')
      element.src = site + '/segment.js'
      await new Promise((done) => {
        element.onload = done
        document.head.append(element)
      })
      type Call = (...args: unknown[]) => Promise<unknown>
      type Client = { page: Call; identify: Call; track: Call }
      const { AnalyticsBrowser } = (window as unknown as { AnalyticsNext: { AnalyticsBrowser: { load: (...args: unknown[]) => Client } } }).AnalyticsNext
      const analytics = AnalyticsBrowser.load({ writeKey: pub, cdnURL: url })
      await analytics.page('Home')
      await analytics.identify('next', { email: 'next@shop.example' })
      await analytics.track('Product Viewed', { product_id: 'p2', price: 5 })
      await analytics.track('Order Completed', { order_id: 'o-next', total: 1000 })
    },
    { pub, url: kith.url, site: site() },
  )
  await expectIn('next', 'has product_viewed[product = "p2"]', 'has visit[source = "news" and medium = "email" and campaign = "May"]', 'has visit[browser = "Chrome"] or has visit[device = "desktop"]', 'has event("unverified_order_completed")')
  expect(await isIn('next', 'has order')).toBe(false)
  expect(failed).toEqual([])
  await context.close()
})

test('@rudderstack/analytics-js/bundled in a browser of another site', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const failed: string[] = []
  page.on('response', (response) => response.status() >= 400 && !response.url().endsWith('favicon.ico') && failed.push(`${response.status()} ${response.url()}`))
  await page.goto(site() + '/')
  await page.evaluate(
    async ({ pub, url, site }) => {
      const element = document.createElement('script')
      element.src = site + '/rudder.js'
      await new Promise((done) => {
        element.onload = done
        document.head.append(element)
      })
      type Client = { load: (...args: unknown[]) => void; ready: (done: () => void) => void; identify: (...args: unknown[]) => void; page: (name: string) => void; track: (...args: unknown[]) => void }
      const { RudderAnalytics } = (window as unknown as { rudderanalytics: { RudderAnalytics: new () => Client } }).rudderanalytics
      const analytics = new RudderAnalytics()
      analytics.load(pub, url, { configUrl: url, useBeacon: false })
      analytics.page('Home')
      analytics.identify('rudder-js', { email: 'rudder-js@shop.example' })
      analytics.track('Product Viewed', { product_id: 'p3', price: 5 })
    },
    { pub, url: kith.url, site: site() },
  )
  await expectIn('rudder-js', 'has product_viewed[product = "p3"]', 'has page[name = "Home"]')
  expect(failed).toEqual([])
  await context.close()
})
