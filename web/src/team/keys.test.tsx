import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import en from './locale/en.json'
import session from '../session/locale/en.json'
import shell from '../shell/locale/en.json'
import { originsOf, type Key } from './keylist'
import { Keys } from './keys'

// The client takes the browser's fetch when it is loaded.
const server = vi.hoisted(() => {
  const answers: { to: (request: Request) => Promise<Response> } = { to: () => Promise.reject(new Error('nothing was prepared')) }
  globalThis.fetch = (request) => answers.to(request as Request)
  return answers
})
vi.mock('../setting/shop', () => ({ useShop: () => ({ currency: 'RON', timezone: 'UTC' }) }))

const keys: Key[] = [
  { id: 'key_site', kind: 'public', name: 'Site', origins: ['https://shop.example', 'https://*.shop.example'], events_per_minute: 6000, created_at: '2026-03-01T10:00:00Z' },
  { id: 'key_app', kind: 'public', name: 'App', created_at: '2026-03-01T10:00:00Z', expires_at: '2126-03-02T10:00:00Z' },
  { id: 'key_old', kind: 'secret', role: 'analyst', name: 'CRM', created_at: '2026-03-01T10:00:00Z', expires_at: '2026-03-02T10:00:00Z', ended: true },
]

let asked: { method: string; path: string; body: unknown }[] = []
let answer: { status: number; body: unknown }

beforeAll(async () => {
  await i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { team: en, session, shell } } })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }))
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} })
  Object.defineProperty(document, 'fonts', { value: new EventTarget() })
  Element.prototype.scrollIntoView = () => undefined
})

beforeEach(async () => {
  asked = []
  answer = { status: 200, body: { ...keys[0], key: 'kith_pk_new' } }
  server.to = async (request) => {
    const { method } = request
    const path = new URL(request.url).pathname
    if (method === 'GET') return Response.json({ keys })
    asked.push({ method, path, body: method === 'DELETE' ? undefined : await request.json() })
    return Response.json(answer.body, { status: answer.status })
  }
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <Keys />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await screen.findByText('Site')
})

afterEach(cleanup)

const row = (name: string) => {
  const found = screen.getByText(name).closest('tr')
  if (found === null) throw new Error(`${name} is in no row`)
  return found
}

async function choose(name: string, item: string) {
  fireEvent.click(screen.getByRole('button', { name: en.actions_of.replace('{{who}}', name) }))
  return screen.findByRole('menuitem', { name: item })
}

test('shows what keys are bound to, and when they end', () => {
  expect(row('Site').textContent).toContain('https://shop.examplehttps://*.shop.example6,000 events a minute')
  expect(row('App').textContent).toContain(en.key.any_site)
  expect(row('App').textContent).toContain('Ends Mar 2, 2126')
  expect(row('CRM').textContent).toContain(en.key.ended)
})

test('makes a key with origins and a quota, and shows it once', async () => {
  fireEvent.click(screen.getByRole('button', { name: en.key.new }))
  fireEvent.change(await screen.findByLabelText(new RegExp(`^${en.key.name}`)), { target: { value: 'Shop' } })
  fireEvent.change(screen.getByLabelText(en.key.origins), { target: { value: 'https://a.example, https://b.example\n' } })
  fireEvent.change(screen.getByLabelText(en.key.per_minute), { target: { value: '600' } })
  fireEvent.click(screen.getByRole('button', { name: en.key.make }))
  expect(await screen.findByText('kith_pk_new')).toBeTruthy()
  expect(asked).toEqual([{ method: 'POST', path: '/v1/keys', body: { name: 'Shop', events_per_minute: 600, origins: ['https://a.example', 'https://b.example'] } }])
})

test('says what is wrong with an origin', async () => {
  answer = { status: 422, body: { status: 422, title: 'x', detail: 'the origin "a": no' } }
  fireEvent.click(await choose('Site', en.key.edit))
  fireEvent.change(await screen.findByLabelText(en.key.origins), { target: { value: 'a' } })
  fireEvent.click(screen.getByRole('button', { name: en.key.save }))
  expect(await screen.findByText('the origin "a": no')).toBeTruthy()
  expect(asked).toEqual([{ method: 'PATCH', path: '/v1/keys/key_site', body: { events_per_minute: 6000, origins: ['a'] } }])
})

test('replaces a key: says what happens, then shows the new one once', async () => {
  fireEvent.click(await choose('Site', en.key.rotate))
  expect(await screen.findByText(en.key.rotate_about)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: en.key.rotate }))
  expect(await screen.findByText('kith_pk_new')).toBeTruthy()
  expect(asked).toEqual([{ method: 'POST', path: '/v1/keys/key_site/rotate', body: { overlap_seconds: 86400 } }])
})

test('one that ended is only revoked', async () => {
  const item = await choose('CRM', en.key.rotate)
  expect((item as HTMLButtonElement).disabled).toBe(true)
  fireEvent.click(screen.getByRole('menuitem', { name: en.key.revoke }))
  fireEvent.click(await screen.findByRole('button', { name: en.key.revoke }))
  await waitFor(() => expect(asked).toEqual([{ method: 'DELETE', path: '/v1/keys/key_old', body: undefined }]))
})

test('origins are parted by lines, commas and spaces', () => {
  expect(originsOf('')).toEqual([])
  expect(originsOf(' https://a.example,\n\nhttps://b.example  http://c.example;')).toEqual(['https://a.example', 'https://b.example', 'http://c.example'])
})
