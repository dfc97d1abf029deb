/** Each role sees and may do what docs/team.md says, in the browser and by asking the server directly. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BrowserContext, Page } from 'playwright-core'

import { password } from './browser'
import { openPages, screens, settled, show } from './pages'
import { asker, startStage, type Stage } from './stage'
import { speaker } from './texts'

const roles = ['owner', 'editor', 'analyst', 'support'] as const
type Role = (typeof roles)[number]

// The table of docs/team.md.
const may: Record<Role, string[]> = {
  owner: ['view', 'people', 'edit', 'import', 'export', 'manage', 'self'],
  editor: ['view', 'people', 'edit', 'import', 'export', 'self'],
  analyst: ['view', 'people', 'self'],
  support: ['view', 'people', 'self'],
}

const pages: [path: string, permission: string][] = [
  ['/', 'view'],
  ['/segments', 'view'],
  ['/rfm', 'view'],
  ['/customers', 'people'],
  ['/imports', 'import'],
  ['/imports/new', 'import'],
  ['/imports/demo', 'import'],
  ['/events', 'people'],
  ['/events/dead-letters', 'people'],
  ['/health', 'manage'],
  ['/settings/shop', 'manage'],
  ['/settings/team', 'manage'],
  ['/settings/keys', 'manage'],
  ['/settings/audit', 'manage'],
  ['/settings/account', 'self'],
  ['/settings/appearance', 'self'],
  ['/api-docs', 'self'],
]

const requests: [method: string, path: string, permission: string, body?: object][] = [
  ['GET', '/v1/overview', 'view'],
  ['POST', '/v1/segments/count', 'view', { text: 'has order' }],
  ['GET', '/v1/customers', 'people'],
  ['POST', '/v1/segments/sample', 'people', { text: 'has order' }],
  ['PUT', '/v1/segments/of-a-role', 'edit', { text: 'has order' }],
  ['DELETE', '/v1/segments/of-a-role', 'edit'],
  ['GET', '/v1/imports', 'import'],
  ['POST', '/v1/uploads?name=x.csv', 'import', { a: 1 }],
  ['GET', '/v1/dead-letters', 'people'],
  ['POST', '/v1/dead-letters/replay', 'import', { kind: 'late' }],
  ['GET', '/v1/segments/lapsed-buyers/export', 'export'],
  ['GET', '/v1/segments/lapsed-buyers/export/summary', 'export'],
  ['GET', '/v1/users', 'manage'],
  ['GET', '/v1/keys', 'manage'],
  ['GET', '/v1/audit', 'manage'],
  ['GET', '/v1/doctor', 'manage'],
  ['PATCH', '/v1/shop', 'manage', { name: 'Kith' }],
  ['GET', '/v1/session', 'self'],
]

const say = speaker('en')
let stage: Stage

beforeAll(async () => {
  stage = await startStage(500)
})
afterAll(() => stage.stop())

/** A window of somebody with a role: invited by the owner, with a password of their own. */
async function openAs(role: Role): Promise<{ context: BrowserContext; page: Page }> {
  const owner = await stage.open('shop')
  if (role === 'owner') {
    await owner.close()
    return openPages(stage, 'shop', {})
  }
  const email = `${role}${Math.random()}@team.example`
  const { link } = await asker(owner.request, stage.shop.url)<{ link: string }>('POST', '/v1/users', { email, name: `The ${role}`, role })
  await owner.close()
  const opened = await openPages(stage, 'shop', { storageState: undefined })
  const { page } = opened
  await page.goto(link)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('Password again').fill(password)
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.waitForURL((u) => u.pathname === '/')
  return opened
}

describe.each(roles)('%s', (role) => {
  const allowed = (permission: string) => may[role].includes(permission)
  let context: BrowserContext
  let page: Page
  const go = (path: string) => show(page, stage, 'shop', { name: path, path }, say)

  beforeAll(async () => {
    ;({ context, page } = await openAs(role))
  })
  afterAll(() => context.close())

  test('sees the pages that the role may see', async () => {
    const refused: string[] = []
    page.on('response', (r) => r.status() === 403 && refused.push(r.url()))
    for (const [path, permission] of pages) {
      await go(path)
      const closed = await page.getByRole('heading', { name: say('shell:not_allowed') }).count()
      expect(closed === 0, path).toBe(allowed(permission))
      expect(await page.getByRole('alert').filter({ hasText: say('shell:failed') }).count(), path).toBe(0)
    }
    // What is not allowed is not even asked.
    expect(refused).toEqual([])
    const places = await page.getByRole('navigation', { name: say('shell:navigation') }).getByRole('link').allTextContents()
    expect(places.includes(say('shell:place.imports')), 'Imports').toBe(allowed('import'))
    expect(places.includes(say('shell:place.health')), 'Health').toBe(allowed('manage'))
  })

  test('has the buttons of what the role may do', async () => {
    const button = async (name: string) => (await page.getByRole('button', { name, exact: true }).count()) + (await page.getByRole('link', { name, exact: true }).count()) > 0
    await go('/segments')
    expect(await button(say('segment:new')), 'New segment').toBe(allowed('edit'))
    await go('/segments/lapsed-buyers')
    expect(await button(say('segment:edit')), 'Edit').toBe(allowed('edit'))
    expect(await button(say('segment:more')), 'More').toBe(allowed('edit'))
    expect(await button(say('segment:export.title')), 'Export').toBe(allowed('export'))
    await go('/segments/lapsed-buyers/edit')
    await page.getByRole('heading', { name: say('segment:builder.preview.title') }).waitFor()
    expect(await button(say('segment:builder.edit.save')), 'Save').toBe(allowed('edit'))
    await go('/events/dead-letters')
    expect(await button(say('event:letter.all')), 'Send all again').toBe(allowed('import'))
    await go('/settings/account')
    expect(await page.getByRole('tab').count(), 'tabs of the settings').toBe(allowed('manage') ? 6 : 2)
  })

  test('is answered by the server as the role says', async () => {
    const got: string[] = []
    for (const [method, path, permission, data] of requests) {
      const response = await context.request.fetch(stage.shop.url + path, { method, data, headers: { Origin: stage.shop.url } })
      const wanted = allowed(permission) ? response.ok() : response.status() === 403
      if (!wanted) got.push(`${method} ${path}: ${response.status()}`)
    }
    expect(got).toEqual([])
  })
})

test('support sees nobody’s contact data', async () => {
  const owner = await stage.open('shop')
  const ask = asker(owner.request, stage.shop.url)
  const { customers } = await ask<{ customers: { id: string; email?: string; phone?: string; last_name?: string }[] }>('GET', '/v1/customers?limit=500')
  await owner.close()
  const secrets = customers.flatMap((c) => [c.email, c.phone]).filter((x) => x !== undefined)
  expect(secrets.length).toBeGreaterThan(300)
  const target = customers.find((c) => c.email !== undefined && c.phone !== undefined && c.last_name !== undefined)
  if (target?.email === undefined || target.last_name === undefined) throw new Error('nobody has an e-mail, a phone and a name')

  const { context, page } = await openAs('support')
  const heard: Promise<string>[] = []
  page.on('response', (r) => {
    if (r.url().includes('/v1/') && r.request().resourceType() !== 'eventsource' && !r.url().endsWith('/v1/session')) heard.push(r.text().catch(() => ''))
  })
  const seen: string[] = []
  const visit = async (path: string, then?: () => Promise<unknown>) => {
    await show(page, stage, 'shop', { name: path, path }, say)
    await then?.()
    await settled(page)
    seen.push(await page.content())
    return page.locator('body').innerText()
  }
  expect(await visit('/customers')).toContain('***@***')
  // Who is asked for by what is masked is found all the same.
  const search = () => page.getByPlaceholder(say('customer:search'))
  expect(await visit('/customers', () => search().fill(target.email ?? '').then(() => page.getByText('1 customer', { exact: true }).waitFor()))).toContain('***@***')
  expect(await visit('/customers', () => search().fill('mia@kith.example').then(() => page.getByText('m***@***.example').first().waitFor()))).toContain('m***@***.example')
  const profile = await visit(`/customers/${target.id}`)
  expect(profile).toContain('***@***')
  expect(profile).not.toContain(target.last_name)
  expect(await visit('/segments/lapsed-buyers?tab=members')).toContain('***@***')
  await visit('/segments/recent-buyers?tab=history')
  await visit('/segments/recent-buyers/edit')
  await visit(`/segments/new?text=${encodeURIComponent('email contains "mia@"')}`)
  await visit('/', async () => {
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder(say('shell:search_about')).fill(target.email ?? '')
    await page.getByText('***@***').first().waitFor()
  })
  // What was typed is in the page; all else must be masked.
  const typed = [target.email, 'mia@kith.example', 'mia@']
  const said = [...(await Promise.all(heard)), ...seen.map((html) => typed.reduce((text, t) => text.replaceAll(t, ''), html))].join('\n')
  expect(said).toContain('***@***')
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([])
  expect(said.match(/[\w.+-]+@[\w-]+\.\w+/g)?.filter((mail) => !mail.endsWith('@team.example')) ?? []).toEqual([])
  await context.close()
})

test('the list of pages has all that roles are asked for', () => {
  const known = screens.shop.map((s) => s.path)
  expect(pages.filter(([path]) => !known.includes(path)).map(([path]) => path)).toEqual([])
})
