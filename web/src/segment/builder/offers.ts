import type { Option } from './choice'
import { factsOf } from './facts'
import type { Names, Texts } from './texts'
import type { Catalogue, OuterField } from '../catalogue'
import { comparisonOf } from '../comparison'
import type { AggregateKind, CompareOp, Duration, Facts, Node, Term, Window } from '../tree'

/** A question that one may begin with. */
export interface Offer extends Option {
  node: Node
}

/** The groups of the menu, in its order. */
export const offerGroups = ['ready', 'orders', 'bought', 'visits', 'cart', 'who', 'value', 'messages', 'service', 'segments', 'events', 'traits', 'else'] as const
export type OfferGroup = (typeof offerGroups)[number]

const field = (name: string): Term => ({ kind: 'field', name })
const number = (value: number): Term => ({ kind: 'number', value })
const ago = (n: number, unit: Duration['unit']): Term => ({ kind: 'ago', duration: { n, unit } })
const last = (n: number, unit: Duration['unit']): Window => ({ kind: 'in_last', duration: { n, unit } })
const compare = (left: Term, op: CompareOp, right: Term): Node => ({ kind: 'compare', op, left, right })
const has = (facts: Facts, window?: Window): Node => ({ kind: 'has', facts, ...(window && { window }) })
const no = (facts: Facts, window?: Window): Node => ({ kind: 'no', facts, ...(window && { window }) })
const fact = (name: string, filter?: Node): Facts => ({ fact: name, ...(filter && { filter }) })
const and = (...parts: Node[]): Node => ({ kind: 'and', parts })
const text = (name: string, value = ''): Node => compare(field(name), '=', { kind: 'text', value })

/** Questions that shops ask often, whole. */
export const ready: Record<string, Node> = {
  recent: has(fact('order'), last(30, 'days')),
  lapsed: and(has(fact('order')), no(fact('order'), last(90, 'days'))),
  last_month: and(has(fact('order'), { kind: 'previous_month' }), no(fact('order'), { kind: 'this_month' })),
  one_time: compare({ kind: 'count', facts: fact('order') }, '=', number(1)),
  repeat: compare({ kind: 'count', facts: fact('order'), window: last(12, 'months') }, '>=', number(2)),
  big: compare({ kind: 'percentile', x: { kind: 'sum', facts: fact('order'), field: 'total', window: last(12, 'months') } }, '>=', number(90)),
  lapsed_big: and(
    compare({ kind: 'percentile', x: { kind: 'sum', facts: fact('order'), field: 'total' } }, '>=', number(80)),
    compare({ kind: 'last', facts: fact('order'), field: 'at' }, '<', ago(180, 'days')),
  ),
  coupons: and(compare({ kind: 'count', facts: fact('order') }, '>=', number(2)), no(fact('order', { kind: 'is_missing', x: field('coupon') }))),
  cart: and(compare(field('cart.items'), '>', number(0)), compare(field('cart.updated_at'), '<', ago(4, 'hours'))),
  viewed: { kind: 'sequence', first: { event: 'product_viewed' }, steps: [{ no: true, facts: fact('order'), within: { n: 2, unit: 'days' } }], window: last(7, 'days') },
  birthday: { kind: 'anniversary_in_next', x: field('birth_date'), days: 7 },
  subscribed: compare(field('subscribed.email'), '=', { kind: 'bool', value: true }),
}

/** All that one may ask, in the words of the shop. */
export function offersOf(catalogue: Catalogue, t: Texts, names: Names): Offer[] {
  const group = (g: OfferGroup) => t(`offer.group.${g}`)
  const make = (g: OfferGroup, key: string, label: string, node: Node, more?: Partial<Offer>): Offer => ({ value: `${g} ${key}`, group: group(g), label, node, ...more })
  const happened = (g: OfferGroup, name: string) => make(g, `has ${name}`, names.happened(fact(name), false), has(fact(name)), { words: name })
  const counted = (g: OfferGroup, kind: AggregateKind, name: string, of?: string, label?: string) => {
    const facts = fact(name)
    const term: Term = { kind, facts, ...(of !== undefined && { field: of }) }
    label ??= t(`offer.${kind}`, { what: names.many(facts), field: of === undefined ? '' : names.factField(facts, of) })
    return make(g, `${kind} ${name} ${of ?? ''}`, label, comparisonOf(term, catalogue.typeOf(term)), { words: name })
  }
  const only = (g: OfferGroup, name: string, of: string) =>
    make(g, `only ${name} ${of}`, t('offer.only', { what: names.happened(fact(name), false), field: names.factField(fact(name), of) }), has(fact(name, text(of))), { words: `${name} ${of}` })
  const outer = (g: OfferGroup, f: OuterField) =>
    make(g, f.name, names.field(f.name), comparisonOf(field(f.name), f.type), { words: `${f.name} ${f.about ?? ''}`, about: t(`about.${f.name.replace('.', '_')}`, { defaultValue: '' }) || undefined })
  const fieldsOf = (g: OfferGroup, want: (f: OuterField) => boolean) => catalogue.fields.filter(want).map((f) => outer(g, f))
  return [
    ...Object.entries(ready).map(([key, node]) => make('ready', key, t(`ready.${key}`), node)),
    happened('orders', 'order'),
    counted('orders', 'count', 'order'),
    counted('orders', 'sum', 'order', 'total'),
    counted('orders', 'avg', 'order', 'total'),
    counted('orders', 'last', 'order', 'at', t('offer.last_order')),
    counted('orders', 'first', 'order', 'at', t('offer.first_order')),
    only('orders', 'order', 'coupon'),
    happened('orders', 'refund'),
    happened('bought', 'item'),
    only('bought', 'item', 'category'),
    only('bought', 'item', 'brand'),
    only('bought', 'item', 'name'),
    counted('bought', 'sum', 'item', 'quantity'),
    counted('bought', 'distinct', 'item', 'category'),
    happened('visits', 'visit'),
    counted('visits', 'count', 'visit'),
    counted('visits', 'last', 'visit', 'at', t('offer.last_visit')),
    only('visits', 'visit', 'source'),
    happened('cart', 'cart_item'),
    ...fieldsOf('cart', (f) => f.name.startsWith('cart.')),
    happened('cart', 'favourite'),
    make('cart', 'price drop', t('offer.price_drop'), has(fact('favourite', compare(field('price_drop'), '>', number(0)))), { words: 'favourite price_drop' }),
    ...fieldsOf('who', (f) => f.kind === 'customer'),
    ...fieldsOf('value', (f) => (f.kind === 'own' && !f.name.startsWith('cart.')) || f.kind === 'base'),
    make('value', 'percentile', t('offer.percentile'), compare({ kind: 'percentile', x: { kind: 'sum', facts: fact('order'), field: 'total', window: last(12, 'months') } }, '>=', number(90))),
    happened('messages', 'message'),
    make('messages', 'opened', t('offer.opened'), has(fact('message', compare(field('opened'), '=', { kind: 'bool', value: true })))),
    make('messages', 'clicked', t('offer.clicked'), has(fact('message', compare(field('clicked'), '=', { kind: 'bool', value: true })))),
    happened('service', 'ticket'),
    happened('service', 'coupon'),
    happened('service', 'points'),
    make('segments', 'in', t('membership.in_segment'), { kind: 'in_segment', segment: '' }),
    make('segments', 'entered', t('membership.entered'), { kind: 'entered', segment: '', window: last(7, 'days') }),
    make('segments', 'left', t('membership.left'), { kind: 'left', segment: '', window: last(7, 'days') }),
    ...catalogue.facts.filter((f) => f.event).map((f) => make('events', f.name, names.happened(factsOf(f), false), has(factsOf(f)), { words: f.name })),
    ...fieldsOf('traits', (f) => f.kind === 'trait'),
    make('else', 'sequence', t('offer.sequence'), {
      kind: 'sequence',
      first: { event: 'product_added' },
      steps: [{ no: true, facts: fact('order'), within: { n: 4, unit: 'hours' } }],
      window: last(7, 'days'),
    }),
    make('else', 'percent', t('offer.percent'), { kind: 'percent', n: 10 }),
    make('else', 'everyone', t('everyone'), { kind: 'everyone' }),
    ...fieldsOf('else', (f) => f.kind === 'shop'),
  ]
}

/** What one may ask of a fact. */
export function filterOffers(catalogue: Catalogue, t: Texts, names: Names, within: Facts): Offer[] {
  const own = catalogue.factOf(within).fields.map((f): Offer => ({ value: f.name, label: names.factField(within, f.name), words: f.name, node: comparisonOf(field(f.name), f.type) }))
  const shop = catalogue.fields
    .filter((f) => f.kind === 'shop')
    .map((f): Offer => ({ value: f.name, label: names.field(f.name), group: t('fields.shop'), words: f.name, node: comparisonOf(field(f.name), f.type) }))
  return [...own, ...shop]
}
