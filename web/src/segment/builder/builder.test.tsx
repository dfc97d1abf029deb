import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'

import { Catalogue, type FieldInfo } from '../catalogue'
import en from '../locale/en.json'
import ko from '../locale/ko.json'
import ro from '../locale/ro.json'
import zh from '../locale/zh-TW.json'
import { RandomTrees } from '../random'
import { begin, changed } from '../undo'
import type { Node } from '../tree'
import { BuilderView } from './builder'
import { matching } from './choice'
import { keepMissing } from './found'
import { GroupView } from './group'
import { ready } from './offers'
import { Reading } from './spoken'

// A whole tree takes long on a machine that does much else.
vi.setConfig({ testTimeout: 120_000 })

const at: FieldInfo = { name: 'at', type: 'instant', optional: false }
const total: FieldInfo = { name: 'total', type: 'number', optional: false }
const category: FieldInfo = { name: 'category', type: 'text', optional: true }
const catalogue = new Catalogue(
  [
    ...['order', 'item', 'refund', 'visit', 'favourite', 'cart_item', 'message', 'ticket', 'coupon', 'points'].map((name) => ({ name, event: false, fields: [at, total, category] })),
    { name: 'product_viewed', event: true, fields: [at, category] },
  ],
  [
    { name: 'country', kind: 'customer', type: 'text', optional: true },
    { name: 'age', kind: 'customer', type: 'number', optional: true },
    { name: 'rfm.group', kind: 'base', type: 'text', optional: true, values: ['Champions', 'New'] },
    { name: 'shop.country', kind: 'shop', type: 'text', optional: true },
  ],
)
const segments = [{ id: 'vip', name: 'VIP', text: 'everyone', preset: false, changed: false, hidden: false }]

let seen: Node | undefined

/** A builder as the page has it, without a server. */
function Built({ tree }: { tree: Node | undefined }) {
  const [history, setHistory] = useState(() => begin(tree))
  useEffect(() => {
    seen = history.tree
  }, [history.tree])
  return (
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <BuilderView tree={history.tree} edit={(change, merge) => setHistory((h) => changed(h, change(h.tree), merge))} suggest={() => undefined} catalogue={catalogue} segments={segments} findings={[]} />
      </QueryClientProvider>
    </MantineProvider>
  )
}

/** A tree as a page shows it that only says what it asks. */
function Read({ tree }: { tree: Node }) {
  return (
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <Reading catalogue={catalogue} segments={segments}>
          <GroupView of={tree} path="" level={0} />
        </Reading>
      </QueryClientProvider>
    </MantineProvider>
  )
}

beforeAll(async () => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined, addListener: () => undefined, removeListener: () => undefined }))
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} })
  Element.prototype.scrollIntoView = () => undefined
  await i18next.use(initReactI18next).init({
    lng: 'en',
    ns: ['segment'],
    resources: { en: { segment: en }, ro: { segment: ro }, ko: { segment: ko }, 'zh-TW': { segment: zh } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
})

afterEach(async () => {
  cleanup()
  await i18next.changeLanguage('en')
})

const choose = (button: RegExp, option: string | RegExp) => {
  fireEvent.click(screen.getByRole('button', { name: button }))
  fireEvent.click(screen.getByRole('option', { name: option, hidden: true }))
}

describe('rendering', () => {
  test.each(['en', 'ro', 'ko', 'zh-TW'])('trees of every kind, in %s, and it changes nothing', async (language) => {
    await i18next.changeLanguage(language)
    for (let seed = 0; seed < 12; seed++) {
      const tree = new RandomTrees(seed).node(2)
      const { container, unmount } = render(<Built tree={tree} />)
      expect(seen).toBe(tree)
      // A key instead of a text, or a slot that nothing stands in.
      expect(container.textContent).not.toMatch(/builder\.|\{\w+\}|undefined/)
      for (const button of container.querySelectorAll('button')) expect(button.getAttribute('aria-label') ?? button.textContent).not.toMatch(/^$|builder\./)
      for (const input of container.querySelectorAll('input')) expect(input.getAttribute('aria-label')).toBeTruthy()
      unmount()
    }
  })

  test.each(['en', 'ro', 'ko', 'zh-TW'])('trees to be read, in %s, have all words and no control', async (language) => {
    await i18next.changeLanguage(language)
    for (let seed = 0; seed < 12; seed++) {
      const { container, unmount } = render(<Read tree={new RandomTrees(seed).node(2)} />)
      expect(container.querySelectorAll('button, input')).toHaveLength(0)
      expect(container.textContent).not.toMatch(/^$|builder\.|\{\w+\}|undefined/)
      unmount()
    }
  })

  test('what is read says all that was written', async () => {
    await i18next.changeLanguage('en')
    const written: Node = { kind: 'has', facts: { fact: 'order', filter: { kind: 'compare', op: '>', left: { kind: 'field', name: 'total' }, right: { kind: 'number', value: 1250.5 } } }, window: { kind: 'since_date', date: '2026-03-01' } }
    const { container } = render(<Read tree={{ kind: 'or', parts: [written, { kind: 'in_segment', segment: 'vip' }, { kind: 'in', x: { kind: 'field', name: 'country' }, list: [{ kind: 'text', value: 'RO' }, { kind: 'text', value: 'KR' }] }] }} />)
    for (const words of ['placed an order', 'Mar 1, 2026', '1,250.5', 'VIP', 'RO', 'KR', 'Any']) expect(container.textContent).toContain(words)
  })

  test('a condition reads as a sentence', () => {
    render(<Built tree={{ kind: 'has', facts: { fact: 'order' }, window: { kind: 'in_last', duration: { n: 30, unit: 'days' } } }} />)
    expect(screen.getByRole('button', { name: 'What happened: placed an order' })).toBeDefined()
    expect(screen.getByRole('button', { name: 'When: in the last' })).toBeDefined()
    expect(screen.getByRole('textbox', { name: 'How long' })).toHaveProperty('value', '30')
  })
})

describe('building', () => {
  test('one begins with what is asked often', () => {
    render(<Built tree={undefined} />)
    fireEvent.click(screen.getByRole('button', { name: /Last month, but not this month/ }))
    expect(seen).toEqual(ready.last_month)
  })

  test('has, its window and its opposite', () => {
    render(<Built tree={{ kind: 'has', facts: { fact: 'order' } }} />)
    choose(/^When/, 'in the last …')
    expect(seen).toEqual({ kind: 'has', facts: { fact: 'order' }, window: { kind: 'in_last', duration: { n: 30, unit: 'days' } } })
    fireEvent.change(screen.getByRole('textbox', { name: 'How long' }), { target: { value: '7' } })
    choose(/^What happened/, 'placed no order')
    expect(seen).toEqual({ kind: 'no', facts: { fact: 'order' }, window: { kind: 'in_last', duration: { n: 7, unit: 'days' } } })
  })

  test('a number that is none is null until it is one', () => {
    render(<Built tree={{ kind: 'compare', op: '>=', left: { kind: 'field', name: 'age' }, right: { kind: 'number', value: 30 } }} />)
    const input = screen.getByRole('textbox', { name: 'Value' })
    fireEvent.change(input, { target: { value: '2.' } })
    fireEvent.change(input, { target: { value: 'x' } })
    expect(seen).toMatchObject({ right: { kind: 'number', value: null } })
    expect(input).toHaveProperty('value', 'x')
    fireEvent.change(input, { target: { value: '2,5' } })
    expect(seen).toMatchObject({ right: { kind: 'number', value: 2.5 } })
  })

  test('another field takes its operator and its value', () => {
    render(<Built tree={{ kind: 'compare', op: '>=', left: { kind: 'field', name: 'age' }, right: { kind: 'number', value: 30 } }} />)
    choose(/^What is compared/, 'country')
    expect(seen).toEqual({ kind: 'compare', op: '=', left: { kind: 'field', name: 'country' }, right: { kind: 'text', value: '' } })
  })

  test('what can be of any kind is compared with a value of a kind', () => {
    const trait = { kind: 'field', name: 'traits.size' } as const
    render(<Built tree={{ kind: 'compare', op: '=', left: trait, right: { kind: 'text', value: '38' } }} />)
    fireEvent.click(screen.getByRole('button', { name: 'Comparison: is' }))
    expect(screen.getAllByRole('option', { hidden: true }).map((o) => o.textContent)).not.toContain('is at least')
    fireEvent.click(screen.getByRole('button', { name: 'Comparison: is' }))
    choose(/^Kind of value/, 'number')
    choose(/^Comparison/, 'is at least')
    expect(seen).toEqual({ kind: 'compare', op: '>=', left: trait, right: { kind: 'number', value: 38 } })
  })

  test('calculations, behind "more"', () => {
    const sum: Node = { kind: 'compare', op: '>=', left: { kind: 'sum', facts: { fact: 'order' }, field: 'total' }, right: { kind: 'number', value: 500 } }
    render(<Built tree={sum} />)
    expect(screen.queryByRole('button', { name: 'Change: What is compared' })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: /^More/ }))
    fireEvent.click(screen.getByRole('button', { name: 'Change: What is compared' }))
    fireEvent.click(screen.getByRole('menuitem', { name: 'minus …', hidden: true }))
    expect(seen).toEqual({ ...sum, left: { kind: 'arithmetic', op: '-', left: sum.left, right: { kind: 'number', value: null } } })
  })

  test('groups: how many must hold, and what can be done with a part', () => {
    const part = (n: number): Node => ({ kind: 'percent', n })
    render(<Built tree={{ kind: 'and', parts: [part(1), part(2), part(3)] }} />)
    choose(/^How many must hold/, /^at least/)
    expect(seen).toMatchObject({ kind: 'at_least', n: 2 })
    fireEvent.click(screen.getAllByRole('button', { name: 'Remove' })[1] as HTMLElement)
    expect(seen).toEqual({ kind: 'at_least', n: 2, parts: [part(1), part(3)] })
    fireEvent.keyDown(screen.getAllByRole('textbox', { name: 'Percent of customers' })[1] as HTMLElement, { key: 'ArrowUp', altKey: true })
    expect(seen).toEqual({ kind: 'at_least', n: 2, parts: [part(3), part(1)] })
  })
})

test('a search finds what is called so first, and its group with it', () => {
  const found = matching(
    [
      { value: 'a', label: 'an order', group: 'Orders', words: 'country' },
      { value: 'b', label: "the shop's country", group: 'Shop' },
      { value: 'c', label: 'country of birth', group: 'Who' },
      { value: 'd', label: 'country', group: 'Who' },
      { value: 'e', label: 'age', group: 'Who' },
    ],
    ' Country',
  )
  expect(found.map((o) => o.value)).toEqual(['d', 'c', 'b', 'a'])
})

test('a comparison that leaves out who has no value can keep them', () => {
  const not = (x: Node): Node => ({ kind: 'not', x })
  const country = { kind: 'field', name: 'country' } as const
  const ro = { kind: 'text', value: 'RO' } as const
  const tree: Node = { kind: 'and', parts: [{ kind: 'everyone' }, { kind: 'compare', op: '!=', left: country, right: ro }] }
  expect(keepMissing(tree, '/parts/1/left')).toEqual({ kind: 'and', parts: [{ kind: 'everyone' }, not({ kind: 'compare', op: '=', left: country, right: ro })] })
  expect(keepMissing({ kind: 'not_in', x: country, list: [ro] }, '/x')).toEqual(not({ kind: 'in', x: country, list: [ro] }))
  expect(keepMissing(tree, '/parts/0')).toBe(tree)
})
