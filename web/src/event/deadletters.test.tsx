import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { DeadLettersPage } from './deadletters'
import en from './locale/en.json'
import shell from '../shell/locale/en.json'

// The client takes the browser's fetch when it is loaded.
const server = vi.hoisted(() => {
  const answers: { to: (request: Request) => Promise<Response> } = { to: () => Promise.reject(new Error('nothing was prepared')) }
  globalThis.fetch = (request) => answers.to(request as Request)
  return answers
})
const allowed = vi.hoisted(() => new Set<string>())
vi.mock('@tanstack/react-router', () => ({ Link: 'a' }))
vi.mock('../session/session', () => ({ useMay: () => (permission: string) => allowed.has(permission) }))
vi.mock('../setting/shop', () => ({ useShop: () => ({ currency: 'RON', timezone: 'UTC' }) }))

// Numbers that a number of a browser does not keep.
const body = '{"event":"Order Completed","properties":{"order_id":12345678901234567890,"total":"x","tax":1.50}}'
const letter = `{"id":"17.3","at":"2026-03-01T10:00:00Z","kind":"refused","state":"open","key":"key_site","column":"properties.total","reason":"is no number","event":"Order Completed","body":${body}}`
const old = '{"id":"9.0","at":"2026-02-01T10:00:00Z","kind":"late","state":"open","column":"row","reason":"no rate","body":"{cut"}'

let letters: string
let asked: { method: string; path: string; body: string }[]
let answer: { status: number; body: unknown }

beforeAll(async () => {
  await i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { event: en, shell } } })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }))
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} })
  Object.defineProperty(document, 'fonts', { value: new EventTarget() })
  Element.prototype.scrollIntoView = () => undefined
})

beforeEach(() => {
  for (const permission of ['people', 'import', 'manage']) allowed.add(permission)
  letters = `{"letters":[${letter},${old}],"open":2,"left_out":3}`
  asked = []
  answer = { status: 200, body: {} }
  server.to = async (request) => {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/v1/keys') return Response.json({ keys: [{ id: 'key_site', kind: 'public', name: 'Site', created_at: '2026-03-01T10:00:00Z' }] })
    if (pathname === '/v1/dead-letters/17.3') return new Response(letter, { headers: { 'Content-Type': 'application/json' } })
    if (pathname === '/v1/dead-letters/9.0') return new Response(old, { headers: { 'Content-Type': 'application/json' } })
    asked.push({ method: request.method, path: pathname + search, body: await request.text() })
    if (request.method === 'GET') return new Response(letters, { headers: { 'Content-Type': 'application/json' } })
    return Response.json(answer.body, { status: answer.status })
  }
})

afterEach(cleanup)

function open() {
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <DeadLettersPage />
      </QueryClientProvider>
    </MantineProvider>,
  )
}

const sent = () => asked.filter((a) => a.method === 'POST')

async function openLetter(name: string) {
  open()
  fireEvent.click(await screen.findByRole('button', { name }))
  const window = await screen.findByRole('dialog')
  await within(window).findByText(en.letter.id)
  return window
}

const first = 'Show Order Completed, 17.3'

async function choose(label: string, option: string) {
  fireEvent.click(screen.getByRole('combobox', { name: label }))
  fireEvent.click(await screen.findByRole('option', { name: option }))
}

test('lists those that are open, and others by state, kind and key', async () => {
  open()
  expect(await screen.findByText('is no number')).toBeTruthy()
  expect(screen.getByText('3 more had no room and were not kept.')).toBeTruthy()
  await choose(en.letter.kind, en.letter.kinds.late)
  await choose(en.letter.key, 'Site')
  await choose(en.letter.state, en.letter.any_state)
  await waitFor(() => expect(asked.at(-1)?.path).toBe('/v1/dead-letters?limit=50&kind=late&key=key_site'))
  expect(asked[0]?.path).toBe('/v1/dead-letters?limit=50&state=open')
})

test('says that none waits, or that none fits', async () => {
  letters = '{"letters":[],"open":0,"left_out":0}'
  open()
  expect(await screen.findByText(en.letter.none)).toBeTruthy()
  expect(screen.getByRole<HTMLButtonElement>('button', { name: en.letter.all }).disabled).toBe(true)
  await choose(en.letter.state, en.letter.states.dismissed)
  expect(await screen.findByText(en.letter.none_fit)).toBeTruthy()
})

test('sends an event exactly as it came', async () => {
  const window = await openLetter(first)
  fireEvent.click(within(window).getByRole('button', { name: en.letter.send }))
  await waitFor(() => expect(sent()).toEqual([{ method: 'POST', path: '/v1/dead-letters/17.3/replay', body: '' }]))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

test('sends what was mended, its other numbers as they were', async () => {
  const window = await openLetter(first)
  const text = within(window).getByLabelText<HTMLTextAreaElement>(en.body)
  expect(text.value).toContain('"order_id": 12345678901234567890,')
  expect(text.value).toContain('"tax": 1.50')
  fireEvent.change(text, { target: { value: '{"event":' } })
  expect(within(window).getByRole<HTMLButtonElement>('button', { name: en.letter.send_mended }).disabled).toBe(true)
  expect(within(window).getByText(/^This is no JSON: /)).toBeTruthy()

  answer = { status: 422, body: { detail: 'properties.tax: is wrong too' } }
  const mended = body.replace('"x"', '12.5')
  fireEvent.change(text, { target: { value: mended } })
  fireEvent.click(within(window).getByRole('button', { name: en.letter.send_mended }))
  expect(await within(window).findByText('properties.tax: is wrong too')).toBeTruthy()
  expect(sent()).toEqual([{ method: 'POST', path: '/v1/dead-letters/17.3/replay', body: `{"event":${mended}}` }])
})

test('puts an event away only after asking', async () => {
  const window = await openLetter('Show Unnamed, 9.0')
  expect(within(window).getByLabelText<HTMLTextAreaElement>(en.body).value).toBe('{cut')
  fireEvent.click(within(window).getByRole('button', { name: en.letter.dismiss }))
  const question = (await screen.findByText(en.letter.dismiss_lost)).closest('[role=dialog]')
  expect(sent()).toEqual([])
  fireEvent.click(within(question as HTMLElement).getByRole('button', { name: en.letter.dismiss }))
  await waitFor(() => expect(sent()).toEqual([{ method: 'POST', path: '/v1/dead-letters/9.0/dismiss', body: '' }]))
})

test('sends all of a kind again, and says what is still wrong', async () => {
  answer = { status: 200, body: { replayed: 1, wrong: 2, reasons: [{ id: '9.0', column: 'total', reason: 'still no rate' }] } }
  open()
  await screen.findByText('is no number')
  await choose(en.letter.kind, en.letter.kinds.late)
  fireEvent.click(screen.getByRole('button', { name: en.letter.all }))
  fireEvent.click(await screen.findByRole('button', { name: en.letter.send }))
  expect(await screen.findByText('One was sent again. 2 are still wrong and stay open.')).toBeTruthy()
  expect(screen.getByText(/still no rate/)).toBeTruthy()
  expect(sent()).toEqual([{ method: 'POST', path: '/v1/dead-letters/replay', body: '{"kind":"late"}' }])
})

test('only shows them to who may not send events', async () => {
  allowed.delete('import')
  const window = await openLetter(first)
  expect(window.textContent).toContain('"order_id": 12345678901234567890')
  expect(within(window).queryByRole('button', { name: en.letter.send })).toBeNull()
  expect(screen.queryByRole('button', { name: en.letter.all })).toBeNull()
})
