import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { ask, client, type Schemas } from '../api/client'
import { Catalogue, type FactInfo, type FieldInfo, type FieldKind, type OuterField } from './catalogue'

export type Language = Schemas['Language']

/** Asks for the segment language as data, with what this shop has. */
export const languageQuery = {
  queryKey: ['language'],
  queryFn: () => ask(client.GET('/v1/language')),
  staleTime: 5 * 60_000,
}

/** The language as data, and what can be asked in it; undefined until it came. */
export function useLanguage() {
  const asked = useQuery(languageQuery)
  const catalogue = useMemo(() => asked.data && catalogueOf(asked.data), [asked.data])
  return { ...asked, catalogue }
}

type Field = Schemas['LanguageField']

/** The catalogue out of the server's description. */
export function catalogueOf(l: Language): Catalogue {
  const facts: FactInfo[] = l.facts.map((f) => ({ name: f.name, event: false, about: f.description, fields: f.fields.map(fieldOf) }))
  const events: FactInfo[] = l.events.map((e) => {
    const known = l.event_fields.map(fieldOf)
    const names = new Set(known.map((f) => f.name))
    const own = e.properties.filter((name) => !names.has(name)).map((name): FieldInfo => ({ name, type: 'any', optional: true }))
    return { name: e.key === '' ? e.name : e.key, event: true, fields: [...own, ...known] }
  })
  const outer = (kind: FieldKind, list: Field[]) => list.map((f): OuterField => ({ ...fieldOf(f), kind }))
  return new Catalogue(
    [...facts, ...events],
    [
      ...outer('customer', l.customer_fields),
      ...outer('own', l.own_fields),
      ...outer('base', l.base_fields),
      ...l.traits.map((t): OuterField => ({ name: t.name, kind: 'trait', type: t.type, optional: true })),
      ...outer('shop', l.shop_settings),
    ],
  )
}

function fieldOf(f: Field): FieldInfo {
  return { name: f.name, type: f.type, optional: f.can_be_missing, values: f.values ?? undefined, about: f.description }
}
