import {
  aggregateKinds, arithmeticOps, calendarKinds, compareOps, durationUnits, matchKinds,
  type Aggregate, type Comparison, type Duration, type Facts, type Node, type Sequence, type Term, type Window,
} from './tree'

/** Makes trees by the schema of the JSON form, the same ones for the same seed. For tests. */
export class RandomTrees {
  private state: number

  constructor(seed: number) {
    this.state = seed | 0
  }

  // mulberry32
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  private below(n: number): number {
    return Math.floor(this.next() * n)
  }

  private one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  private some<T>(least: number, make: () => T): T[] {
    return Array.from({ length: least + this.below(3) }, make)
  }

  private maybe<T>(make: () => T): T | undefined {
    return this.next() < 0.5 ? make() : undefined
  }

  private with<T extends object>(base: T, rest: Partial<Record<string, unknown>>): T {
    return { ...base, ...Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined)) }
  }

  node(depth: number, inFilter = false): Node {
    const again = () => this.node(depth - 1, inFilter)
    const groups = ['and', 'or', 'not', 'at_least'] as const
    const leaves = ['everyone', 'in_segment', 'entered', 'left', 'has', 'no', 'sequence', 'percent'] as const
    const kind = this.one(['compare', 'compare', ...(depth > 0 ? groups : []), ...(inFilter ? [] : leaves)] as const)
    switch (kind) {
      case 'compare':
        return this.comparison(depth, inFilter)
      case 'and':
      case 'or':
        return { kind, parts: this.some(2, again) }
      case 'at_least':
        return { kind, n: this.below(3), parts: this.some(1, again) }
      case 'not':
        return { kind, x: again() }
      case 'everyone':
        return { kind }
      case 'in_segment':
        return { kind, segment: 'vip' }
      case 'entered':
      case 'left':
        return { kind, segment: 'vip', window: this.window(depth) }
      case 'has':
      case 'no':
        return this.with({ kind, facts: this.facts(depth) }, { window: this.maybe(() => this.window(depth)) })
      case 'sequence':
        return this.sequence(depth)
      case 'percent':
        return this.with({ kind, n: this.below(100) }, { seed: this.maybe(() => 'launch') })
    }
  }

  private sequence(depth: number): Sequence {
    const steps = this.some(0, () => ({ no: this.next() < 0.5, facts: this.facts(depth), within: this.duration() }))
    return this.with({ kind: 'sequence', first: this.facts(depth), steps }, { window: this.maybe(() => this.window(depth)) })
  }

  comparison(depth: number, inFilter: boolean): Comparison {
    const term = () => this.term(depth - 1, inFilter)
    const kind = this.one(['compare', 'between', 'in', 'not_in', ...matchKinds, 'is_missing', 'is_not_missing',
      'anniversary_today', 'anniversary_in_last', 'anniversary_in_next'] as const)
    switch (kind) {
      case 'compare':
        return { kind, op: this.one(compareOps), left: term(), right: term() }
      case 'between':
        return { kind, x: term(), low: term(), high: term() }
      case 'in':
      case 'not_in':
        return { kind, x: term(), list: this.some(1, term) }
      case 'is_missing':
      case 'is_not_missing':
      case 'anniversary_today':
        return { kind, x: term() }
      case 'anniversary_in_last':
      case 'anniversary_in_next':
        return { kind, x: term(), days: this.below(400) }
      default:
        return { kind, x: term(), text: this.one(['shoe', '', '^[a-z]+$', '가방']) }
    }
  }

  term(depth: number, inFilter: boolean): Term {
    const again = () => this.term(depth - 1, inFilter)
    const kind = this.one(['field', 'number', 'text', 'bool', 'date', 'ago', ...(depth > 0 ? (['arithmetic'] as const) : []),
      ...(inFilter || depth <= 0 ? [] : (['aggregate', 'aggregate', 'percentile'] as const))] as const)
    switch (kind) {
      case 'field':
        return { kind, name: inFilter ? this.one(['category', 'price', 'at', 'shop.country']) : this.one(['country', 'age', 'traits.Size', 'rfm.group', 'subscribed.email']) }
      case 'number':
        return { kind, value: this.one([0, 3, -2.5, 99.99, 1234567.000001]) }
      case 'text':
        return { kind, value: this.one(['shoes', '', 'a "quoted" \\ text', '운동화']) }
      case 'bool':
        return { kind, value: this.next() < 0.5 }
      case 'date':
        return { kind, value: '2026-02-28' }
      case 'ago':
        return { kind, duration: this.duration() }
      case 'arithmetic':
        return { kind, op: this.one(arithmeticOps), left: again(), right: again() }
      case 'percentile':
        return { kind, x: again() }
      case 'aggregate':
        return this.aggregate(depth)
    }
  }

  private aggregate(depth: number): Aggregate {
    const kind = this.one(aggregateKinds)
    const field = kind === 'count' || kind === 'days' ? undefined : this.one(['total', 'price', 'at'])
    return this.with({ kind, facts: this.facts(depth) }, { field, window: this.maybe(() => this.window(depth)) })
  }

  facts(depth: number): Facts {
    const name: Facts = this.next() < 0.6 ? { fact: this.one(['order', 'item', 'refund', 'visit']) } : { event: this.one(['product_viewed', 'Quiz Finished']) }
    return this.with(name, { filter: depth > 0 ? this.maybe(() => this.node(depth - 1, true)) : undefined })
  }

  duration(): Duration {
    return { n: 1 + this.below(90), unit: this.one(durationUnits) }
  }

  window(depth: number): Window {
    const kind = this.one(['in_last', 'before_ago', 'between_ago', 'since_date', 'before_date', 'between_dates', 'since_first', 'since_last', ...calendarKinds] as const)
    switch (kind) {
      case 'in_last':
      case 'before_ago':
        return { kind, duration: this.duration() }
      case 'between_ago':
        return { kind, from: { n: 90, unit: 'days' }, to: { n: 30, unit: 'days' } }
      case 'since_date':
      case 'before_date':
        return { kind, date: '2026-01-31' }
      case 'between_dates':
        return { kind, from: '2026-01-01', to: '2026-01-31' }
      case 'since_first':
      case 'since_last':
        return { kind, facts: this.facts(depth - 1) }
      default:
        return { kind }
    }
  }
}
