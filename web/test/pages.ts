/** Every page of the console with its tabs, windows and states: what is looked at by the tests of all pages, and shot by "make screens". */
import type { BrowserContext, Page } from 'playwright-core'

import { orders, type Made, type Stage } from './stage'
import type { Say } from './texts'

export interface Screen {
  name: string
  path: string | ((made: Made) => string)
  /** Opens what the address alone does not show. */
  open?: (page: Page, say: Say) => Promise<void>
}

const press = (key: string) => (page: Page, say: Say) => page.getByRole('button', { name: say(key), exact: true }).click()

const chosen = async (page: Page) => {
  await page.locator('input[type=file]').setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(orders) })
  await page.getByRole('radio').first().waitFor()
}

// As text in the address, so that the builder shows each kind of condition.
const conditions = `has order[coupon contains "SPRING" and total > 50] in last 90 days
and not (entered segment "lapsed-buyers" in last 30 days or country in ("RO", "DE", "KR"))
and (sum(order.total) in last 12 months > 2 * avg(order.total) in last 24 months or in segment "champions")
and sequence(product_viewed, no order within 7 days) in last 14 days`

/** The pages of the demo shop. */
const shop: Screen[] = [
  { name: 'overview', path: '/' },
  { name: 'search', path: '/', open: (page) => page.keyboard.press('Control+k').then(() => page.getByRole('dialog').waitFor()) },
  { name: 'account-menu', path: '/', open: press('session:account') },
  { name: 'segments', path: '/segments' },
  { name: 'segments-none', path: '/segments', open: (page, say) => page.getByPlaceholder(say('segment:filter')).fill('xyzzy') },
  { name: 'segment', path: '/segments/lapsed-buyers' },
  { name: 'segment-members', path: '/segments/lapsed-buyers?tab=members' },
  { name: 'segment-history', path: '/segments/recent-buyers?tab=history' },
  { name: 'segment-template', path: '/segments/category-fans' },
  { name: 'segment-long', path: '/segments/long' },
  { name: 'segment-export', path: '/segments/lapsed-buyers', open: press('segment:export.title') },
  {
    name: 'segment-delete',
    path: '/segments/long',
    open: async (page, say) => {
      await press('segment:more')(page, say)
      await page.getByRole('menuitem', { name: say('segment:delete'), exact: true }).click()
    },
  },
  { name: 'segment-lost', path: '/segments/no-such-segment' },
  { name: 'segment-new', path: '/segments/new' },
  { name: 'segment-conditions', path: `/segments/new?text=${encodeURIComponent(conditions)}` },
  { name: 'segment-edit', path: '/segments/loyal-customers/edit' },
  {
    name: 'segment-text',
    path: '/segments/loyal-customers/edit',
    open: async (page, say) => {
      await page.getByText(say('segment:builder.edit.text'), { exact: true }).click()
      await page.locator('.cm-content').waitFor()
    },
  },
  { name: 'segment-error', path: `/segments/new?text=${encodeURIComponent('has order in lst 30 days and\n  country = "RO" and nobody > ')}` },
  { name: 'customers', path: '/customers' },
  { name: 'customers-none', path: '/customers', open: (page, say) => page.getByPlaceholder(say('customer:search')).fill('xyzzy').then(() => page.getByText(say('customer:none_about')).waitFor()) },
  { name: 'customer', path: (made) => `/customers/${made.customer}` },
  {
    name: 'customer-why',
    path: (made) => `/customers/${made.customer}`,
    open: async (page, say) => {
      await page.locator('.mantine-Accordion-control').first().click()
      await page.getByText(say('segment:explain.in')).waitFor()
    },
  },
  { name: 'customer-unknown', path: '/customers/no-such-customer' },
  { name: 'rfm', path: '/rfm' },
  { name: 'imports', path: '/imports' },
  { name: 'import', path: '/imports/new' },
  { name: 'import-kind', path: '/imports/new', open: chosen },
  { name: 'import-columns', path: (made) => `/imports/new?kind=orders&uploads=${encodeURIComponent(JSON.stringify([made.upload]))}` },
  { name: 'import-refused', path: (made) => `/imports/${made.refused}` },
  { name: 'import-failed', path: (made) => `/imports/${made.failed}` },
  { name: 'import-demo', path: '/imports/demo' },
  { name: 'events', path: '/events' },
  { name: 'dead-letters', path: '/events/dead-letters' },
  { name: 'dead-letter', path: '/events/dead-letters', open: (page) => page.getByRole('row').nth(1).click().then(() => page.getByRole('dialog').waitFor()) },
  { name: 'health', path: '/health' },
  { name: 'settings', path: '/settings/shop' },
  { name: 'team', path: '/settings/team' },
  { name: 'team-invite', path: '/settings/team', open: press('team:invite.title') },
  { name: 'keys', path: '/settings/keys' },
  { name: 'keys-new', path: '/settings/keys', open: press('team:key.new') },
  { name: 'audit', path: '/settings/audit' },
  { name: 'account', path: '/settings/account' },
  { name: 'appearance', path: '/settings/appearance' },
  { name: 'api', path: '/api-docs' },
  { name: 'error', path: '/customers/broken' },
  { name: 'lost', path: '/no/such/page' },
]

/** The pages of a shop that has nothing yet. */
const empty: Screen[] = [
  { name: 'empty-overview', path: '/' },
  { name: 'empty-segments', path: '/segments' },
  { name: 'empty-segment', path: '/segments/lapsed-buyers' },
  { name: 'empty-customers', path: '/customers' },
  { name: 'empty-rfm', path: '/rfm' },
  { name: 'empty-imports', path: '/imports' },
  { name: 'empty-import', path: '/imports/new' },
  { name: 'empty-demo', path: '/imports/demo' },
  { name: 'empty-events', path: '/events' },
  { name: 'empty-dead-letters', path: '/events/dead-letters' },
  { name: 'empty-health', path: '/health' },
  { name: 'empty-settings', path: '/settings/shop' },
  { name: 'empty-keys', path: '/settings/keys' },
]

/** The pages before one is logged in. */
const fresh: Screen[] = [
  { name: 'login', path: '/login' },
  {
    name: 'login-wrong',
    path: '/login',
    open: async (page, say) => {
      await page.getByLabel(say('session:email')).fill('nobody@kith.example')
      await page.locator('input[type=password]').fill('not the password')
      await press('session:login')(page, say)
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'welcome', path: '/welcome' },
  { name: 'welcome-gone', path: '/welcome#NOSUCHLINK' },
]

export const screens = { shop, empty, fresh }
export type Of = keyof typeof screens

/** Opens a window for the pages of a shop. */
export async function openPages(stage: Stage, of: Of, options: Parameters<Stage['open']>[1]): Promise<{ context: BrowserContext; page: Page }> {
  const context = await stage.open(of, options)
  const page = await context.newPage()
  await page.route('**/v1/customers/broken', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, detail: 'the warehouse is being rebuilt; ask again in some minutes' }) }),
  )
  follow(page)
  return { context, page }
}

/** Shows a screen, until nothing is on its way any more. A page that is open already goes there as by a link. */
export async function show(page: Page, stage: Stage, of: Of, screen: Screen, say: Say) {
  const address = typeof screen.path === 'string' ? screen.path : screen.path(stage.made)
  const path = screen.name === 'welcome' ? new URL(stage.fresh.link).pathname + new URL(stage.fresh.link).hash : address
  if (of === 'fresh' || page.url() === 'about:blank') await page.goto(path)
  else {
    // What lies over a page may stay over the next.
    for (let i = 0; i < 3 && (await page.locator('[role=dialog], [role=menu]').count()) > 0; i++) await page.keyboard.press('Escape').then(() => settled(page))
    await page.evaluate((to) => history.pushState({}, '', to), path)
  }
  if (of === 'fresh') await page.reload() // another part after "#" alone loads nothing
  await settled(page)
  if (screen.open === undefined) return
  await screen.open(page, say)
  await settled(page)
}

const underway = new WeakMap<Page, Set<unknown>>()

function follow(page: Page) {
  const open = new Set<unknown>()
  underway.set(page, open)
  page.on('request', (r) => r.resourceType() !== 'eventsource' && open.add(r))
  page.on('requestfinished', (r) => open.delete(r))
  page.on('requestfailed', (r) => open.delete(r))
}

/** Waits until a page has asked all it wants, and nothing moves. */
export async function settled(page: Page) {
  for (let quiet = 0, turns = 0; quiet < 2; turns++) {
    if (turns > 400) throw new Error(`${page.url()} does not come to rest`)
    await page.waitForTimeout(25)
    const busy =
      (underway.get(page)?.size ?? 0) > 0 ||
      (await page.evaluate(
        () =>
          document.querySelector('h1, h2, [role=alert]') === null ||
          document.querySelector('.mantine-Loader-root, .mantine-Skeleton-root, [aria-busy=true]') !== null ||
          document.getAnimations().some((a) => a.playState === 'running' && a.effect?.getTiming().iterations !== Infinity),
      ))
    quiet = busy ? 0 : quiet + 1
  }
}
