import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import en from './locale/en.json'
import shell from '../shell/locale/en.json'
import { EventsPage } from './events'
import { exact, readable, written } from './json'
import { mostShown, withNew, type TailEvent } from './tail'

vi.mock('@tanstack/react-router', () => ({ Link: 'a' }))
vi.mock('../session/session', () => ({ useMay: () => () => true }))
vi.mock('../setting/shop', () => ({ useShop: () => ({ currency: 'RON', timezone: 'UTC' }) }))

/** A stream as a browser has it, of which the test is the server. */
class Stream extends EventTarget {
  static readonly CLOSED = 2
  static all: Stream[] = []
  readyState = 0
  constructor(readonly url: string) {
    super()
    Stream.all.push(this)
  }
  close() {
    this.readyState = 2
  }
  send(...events: Partial<TailEvent>[]) {
    act(() => {
      this.readyState = 1
      this.dispatchEvent(new Event('open'))
      for (const e of events) this.dispatchEvent(new MessageEvent('event', { data: JSON.stringify({ at: '2026-03-01T10:00:00Z', kind: 'track', status: 'accepted', ...e }) }))
      vi.advanceTimersByTime(1000)
    })
  }
  fail() {
    act(() => {
      this.readyState = 2
      this.dispatchEvent(new Event('error'))
    })
  }
}

const last = () => {
  const stream = Stream.all.at(-1)
  if (stream === undefined) throw new Error('nothing was asked')
  return stream
}

beforeAll(async () => {
  await i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { event: en, shell } } })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }))
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} })
  vi.stubGlobal('EventSource', Stream)
})

beforeEach(() => {
  vi.useFakeTimers()
  Stream.all = []
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <EventsPage />
      </QueryClientProvider>
    </MantineProvider>,
  )
})

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const rows = () => screen.queryAllByRole('row').slice(1).map((row) => row.textContent)

test('says how the first event is sent, until one came', () => {
  expect(screen.getByText(en.none)).toBeTruthy()
  expect(screen.getByText(/curl http:\/\/localhost.*\/v1\/events/)).toBeTruthy()
  last().send({ id: 'a-1', event: 'Cart Viewed' })
  expect(screen.queryByText(en.none)).toBeNull()
  expect(screen.getByText(en.live)).toBeTruthy()
})

test('shows the newest first, with why it was refused, and its JSON', () => {
  last().send({ id: 'a-1', event: 'First', customer: 'ana' }, { id: 'a-2', event: 'Second', status: 'refused', column: 'total', reason: 'bad', body: '{"a":1}', message_id: 'm-2' })
  expect(rows()).toHaveLength(2)
  expect(rows()[0]).toContain('Second')
  expect(rows()[0]).toContain(en.statuses.refused)
  expect(rows()[0]).toContain('total bad')
  expect(rows()[1]).toContain('ana')
  fireEvent.click(screen.getByRole('button', { name: 'Show Second' }))
  const window = screen.getByRole('dialog')
  expect(window.textContent).toContain('m-2')
  expect(window.textContent).toContain('{\n  "a": 1\n}')
})

test('asks for what is filtered anew, and for what came after it when it goes on', () => {
  last().send({ id: 'a-1', event: 'First' })
  fireEvent.click(screen.getByRole('button', { name: en.pause }))
  expect(last().readyState).toBe(Stream.CLOSED)
  expect(screen.getByText(en.paused)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: en.resume }))
  expect(new URL(last().url, 'http://x').searchParams.get('after')).toBe('a-1')
  last().send({ id: 'a-2', event: 'Second' })
  expect(rows()).toHaveLength(2)

  fireEvent.change(screen.getByLabelText(en.name_label), { target: { value: ' Order ' } })
  act(() => void vi.advanceTimersByTime(1000))
  const asked = new URL(last().url, 'http://x').searchParams
  expect([asked.get('event'), asked.get('after')]).toEqual(['Order', null])
  expect(rows()).toHaveLength(0)
  expect(screen.getByText(en.none_fit)).toBeTruthy()
})

test('says what was missed, and that the connection was lost', () => {
  last().send({ id: 'a-9', event: 'Late', missed: 7 })
  expect(screen.getByText('7 events were not shown: too many came at once.')).toBeTruthy()
  const before = Stream.all.length
  last().fail()
  expect(screen.getByText(en.lost)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: en.again }))
  expect(Stream.all).toHaveLength(before + 1)
  expect(screen.queryByText(en.lost)).toBeNull()
})

test('shows no more than one looks through', () => {
  const event = (n: number): TailEvent => ({ id: String(n), at: '2026-03-01T10:00:00Z', status: 'accepted', missed: n % 2 })
  let shown = { events: [] as TailEvent[], missed: 0 }
  let n = 0
  for (const size of [1, 250, 5, 1000, 3]) shown = withNew(shown, Array.from({ length: size }, () => event(++n)))
  expect(shown.events.map((e) => Number(e.id))).toEqual(Array.from({ length: mostShown }, (_, i) => n - i))
  expect(shown.missed).toBe(Math.ceil(n / 2))
})

test('writes JSON as it is, a field a line, and leaves what is none', () => {
  const value = '{"id":12345678901234567890,"n":[-0,1.50,1e3,7,"1.50","a\\"2.0"],"\\u00e9 4.0":null}'
  expect(written(exact(value)).replace(/\s/g, '')).toBe(value.replace('\\u00e9', 'é').replace(/\s/g, ''))
  expect(readable('{"cut')).toBe('{"cut')
  expect(readable('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}')
})
