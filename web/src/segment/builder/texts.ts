import { useTranslation } from 'react-i18next'
import { useMemo } from 'react'

import { language } from '../../locale/locale'
import { eventKey } from '../catalogue'
import { factsName, type Facts } from '../tree'

export type Texts = (key: string, values?: Record<string, unknown>) => string

/** The builder's texts. */
export function useTexts(): Texts {
  const { t } = useTranslation('segment')
  return useMemo(() => (key, values) => t(`builder.${key}`, values ?? {}), [t])
}

/** What a marketer calls facts, fields and values. */
export class Names {
  constructor(private t: Texts) {}

  private or(key: string, other: () => string, values?: Record<string, unknown>): string {
    const text = this.t(key, { ...values, defaultValue: '' })
    return text === '' ? other() : text
  }

  /** "placed an order", or what it is with "no". */
  happened(f: Facts, no: boolean): string {
    const end = no ? 'no' : 'has'
    const kind = 'event' in f ? `event.${eventKey(f.event)}` : `fact.${f.fact}`
    return this.or(`${kind}.${end}`, () => this.t(`event.any.${end}`, { name: title(factsName(f)) }))
  }

  /** "orders". */
  many(f: Facts): string {
    const kind = 'event' in f ? `event.${eventKey(f.event)}` : `fact.${f.fact}`
    return this.or(`${kind}.many`, () => this.t('event.any.many', { name: title(factsName(f)) }))
  }

  /** A field outside filters. */
  field(name: string): string {
    if (name.startsWith('traits.')) return title(name.slice('traits.'.length))
    return this.or(`field.${name.replace('.', '_')}`, () => title(name))
  }

  /** A field of facts. */
  factField(f: Facts, name: string): string {
    if (name.startsWith('shop.')) return this.field(name)
    const kind = 'event' in f ? 'event' : f.fact
    return this.or(`of.${kind}_${name}`, () => this.or(`of.${name}`, () => title(name)))
  }

  /** A text of a field that has few. */
  value(of: string, text: string): string {
    return this.or(`value.${of.replace('.', '_')}.${text}`, () => this.or(`value.any.${text}`, () => text))
  }
}

/** A name as one writes it in words: product_viewed is "Product viewed". */
export function title(name: string): string {
  const words = name.replace(/[_.]+/g, ' ').trim()
  return words.charAt(0).toLocaleUpperCase(language()) + words.slice(1)
}

export function useNames(): Names {
  const t = useTexts()
  return useMemo(() => new Names(t), [t])
}
