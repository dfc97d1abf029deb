import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete'

import type { Language } from '../language'
import type { Segment } from '../segments'
import { shownName } from '../segments'
import type { KnownValue } from '../values'
import { fieldText } from '../values'
import { eventKey } from '../catalogue'
import { factsName, type Facts } from '../tree'
import { named, placeIn, quoted, type Place } from './place'

/** What completions are made of. */
export interface Vocabulary {
  language: Language
  segments: Segment[]
  /** The values of a field that begin with a text. */
  values: (field: string, begin: string) => Promise<KnownValue[]>
}

/** Completes facts, fields, functions, values in texts, and segments. */
export function completions(vocabulary: () => Vocabulary): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const text = context.state.doc.toString()
    const place = placeIn(text, context.pos)
    const { token } = place
    if (token?.kind === 'comment' || token?.kind === 'number' || token?.kind === 'date') return null
    if (token?.kind === 'text' && context.pos === token.to) return null
    if (token?.kind === 'text' || token?.kind === 'broken') return inText(vocabulary(), place, context.pos)
    if (token === undefined && !context.explicit) return null
    return words(vocabulary(), place, context.pos)
  }
}

async function inText(v: Vocabulary, place: Place, pos: number): Promise<CompletionResult | null> {
  const { token } = place
  if (token === undefined) return null
  const begin = token.text.slice(1, pos - token.from)
  const whole = { from: token.from, to: token.kind === 'text' ? token.to : pos }
  const result = (options: Completion[]): CompletionResult => ({ ...whole, options, filter: false })
  if (place.segment) return result(v.segments.filter((s) => [s.id, s.name].some((x) => x.toLowerCase().includes(begin.toLowerCase()))).map(segmentOption))
  if (place.field === undefined) return null
  const { facts, name } = place.field
  const few = infoOf(v.language, facts, name)?.values
  const values = few?.filter((x) => x.toLowerCase().includes(begin.toLowerCase())).map((value): KnownValue => ({ value })) ?? (await v.values(fieldText(facts, name), begin))
  return result(values.map((x) => ({ label: quoted(x.value), type: 'text', detail: x.count === undefined ? undefined : String(x.count) })))
}

function segmentOption(s: Segment): Completion {
  return { label: quoted(s.id), type: 'constant', detail: shownName(s) === s.id ? undefined : shownName(s), info: s.text }
}

function words(v: Vocabulary, place: Place, pos: number): CompletionResult {
  const { token } = place
  const from = token?.from ?? pos
  const dot = token?.text.indexOf('.') ?? -1
  const l = v.language
  if (place.segment) return { from, options: v.segments.map(segmentOption) }
  if (place.within !== undefined) {
    return { from, options: [...fieldsOf(l, place.within), ...l.shop_settings.map(fieldOption), ...['and', 'or', 'not', 'at least', 'is missing', 'is not missing', 'contains', 'starts with', 'ends with', 'between'].map(keyword)] }
  }
  if (place.facts) {
    // Behind the dot the fields of the facts, before it the facts.
    if (dot > 0) return { from: from + dot + 1, options: fieldsOf(l, named((token?.text ?? '').slice(0, dot))) }
    return { from, options: [...factOptions(l)] }
  }
  return {
    from,
    options: [
      ...[...l.customer_fields, ...l.own_fields, ...l.base_fields, ...l.shop_settings].map(fieldOption),
      ...l.traits.map((t): Completion => ({ label: t.name, type: 'property', detail: t.type })),
      ...l.functions.map((f): Completion => ({ label: f.name, type: 'function', apply: `${f.name}(`, detail: f.form, info: f.description })),
      ...['has', 'no', 'everyone', 'in segment', 'entered segment', 'left segment', 'and', 'or', 'not', 'at least', 'in last', 'between', 'before', 'since', 'is missing', 'is not missing', 'contains', 'starts with', 'ends with', 'matches', 'anniversary today', 'anniversary in next', 'today', 'yesterday', 'this month', 'previous month', 'ago'].map(keyword),
    ],
    validFor: /^[\p{L}\p{N}\p{M}_.]*$/u,
  }
}

const keyword = (label: string): Completion => ({ label, type: 'keyword', boost: -1 })

function fieldOption(f: Language['own_fields'][number]): Completion {
  return { label: f.name, type: 'property', detail: f.type, info: f.description }
}

function factOptions(l: Language): Completion[] {
  const plain = /^[\p{L}_][\p{L}\p{N}\p{M}_]*$/u
  return [
    ...l.facts.map((f): Completion => ({ label: f.name, type: 'class', info: f.description })),
    ...l.events.map((e): Completion => ({ label: plain.test(e.key) ? e.key : `event(${quoted(e.name)})`, type: 'class', detail: e.name, boost: -1 })),
  ]
}

/** The fields of facts as completions. */
function fieldsOf(l: Language, facts: Facts): Completion[] {
  if (!('event' in facts)) return l.facts.find((f) => f.name === factsName(facts))?.fields.map(fieldOption) ?? []
  const own = l.events.find((e) => e.key === eventKey(facts.event))?.properties ?? []
  return [...own.map((name): Completion => ({ label: name, type: 'property' })), ...l.event_fields.map(fieldOption)]
}

/** What the catalogue says of a field. */
export function infoOf(l: Language, facts: Facts | undefined, name: string): Language['own_fields'][number] | undefined {
  const lower = name.toLowerCase()
  if (facts === undefined) return [...l.customer_fields, ...l.own_fields, ...l.base_fields, ...l.shop_settings].find((f) => f.name === lower)
  const list = 'event' in facts ? l.event_fields : l.facts.find((f) => f.name === facts.fact)?.fields
  return list?.find((f) => f.name === lower) ?? l.shop_settings.find((f) => f.name === lower)
}
