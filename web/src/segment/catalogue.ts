import type { ValueType } from './comparison'
import { isAggregate, type Facts, type Term } from './tree'

/** A field as the server's catalogue describes it. */
export interface FieldInfo {
  name: string
  type: ValueType
  /** Whether a customer or a fact may lack it. */
  optional: boolean
  /** All texts that it can be, where these are few. */
  values?: string[]
  about?: string
}

export type FieldKind = 'customer' | 'trait' | 'own' | 'base' | 'shop'

export interface OuterField extends FieldInfo {
  kind: FieldKind
}

export interface FactInfo {
  /** As the text has it: "order", "product_viewed", "Quiz Finished". */
  name: string
  /** Whether it is a tracked event and not one of the built-in facts. */
  event: boolean
  fields: FieldInfo[]
  about?: string
}

/** What can be asked in this shop. */
export class Catalogue {
  readonly facts: FactInfo[]
  readonly fields: OuterField[]
  private byName: Map<string, OuterField>

  constructor(facts: FactInfo[], fields: OuterField[]) {
    this.facts = facts
    this.fields = fields
    this.byName = new Map(fields.map((f) => [f.name, f]))
  }

  /** The kind of facts that a tree's facts are of; an event that nobody has seen has the fields of any event. */
  factOf(f: Facts): FactInfo {
    const event = 'event' in f
    const name = event ? eventKey(f.event) : f.fact
    return (
      this.facts.find((known) => known.event === event && (event ? eventKey(known.name) === name : known.name === name)) ?? {
        name: event ? f.event : f.fact,
        event,
        fields: event ? anyEventFields : [],
      }
    )
  }

  /** A field outside filters. */
  field(name: string): OuterField | undefined {
    return this.byName.get(name)
  }

  /** A field of facts, or the shop's in a filter. */
  factField(f: Facts, name: string): FieldInfo | undefined {
    return this.factOf(f).fields.find((field) => field.name === name) ?? (name.startsWith('shop.') ? this.byName.get(name) : undefined)
  }

  /** The type of a term, as far as it is known before the server says. within is whose filter it is in. */
  typeOf(t: Term, within?: Facts): ValueType {
    switch (t.kind) {
      case 'number':
      case 'text':
      case 'bool':
      case 'date':
        return t.kind
      case 'ago':
        return 'instant'
      case 'field':
        return (within === undefined ? this.field(t.name) : this.factField(within, t.name))?.type ?? 'any'
      case 'arithmetic':
      case 'percentile':
        return 'number'
    }
    if (!isAggregate(t)) return 'any'
    if (t.kind === 'count' || t.kind === 'days' || t.kind === 'sum' || t.kind === 'avg' || t.kind === 'distinct') return 'number'
    return this.factField(t.facts, t.field ?? '')?.type ?? 'any'
  }

  /** The fields of facts that a function of theirs takes. */
  fieldsFor(kind: string, f: Facts): FieldInfo[] {
    return this.factOf(f).fields.filter((field) => {
      switch (kind) {
        case 'sum':
        case 'avg':
          return field.type === 'number' || field.type === 'any'
        case 'min':
        case 'max':
          return field.type !== 'list' && field.type !== 'bool'
        case 'distinct':
          return field.type !== 'list'
        default:
          return true
      }
    })
  }
}

/** The key by which tracked events are matched: "Product Viewed" is product_viewed. */
export function eventKey(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '_')
    .replace(/^_|_$/g, '')
}

const productFields: FieldInfo[] = [
  ...['product', 'name', 'category', 'brand', 'collection'].map((name): FieldInfo => ({ name, type: 'text', optional: true })),
  { name: 'tags', type: 'list', optional: true },
  { name: 'price', type: 'number', optional: true },
  { name: 'stock', type: 'number', optional: true },
  { name: 'released_at', type: 'instant', optional: true },
]

const anyEventFields: FieldInfo[] = [{ name: 'at', type: 'instant', optional: false }, ...productFields, { name: 'quantity', type: 'number', optional: true }]
