import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { ask, client } from '../api/client'
import type { Meant } from './builder/term'
import { factsName, type Facts } from './tree'

export interface KnownValue {
  value: string
  /** How many customers or facts have it. */
  count?: number
}

/** The name of a field as the text has it outside of filters: "order.city", "country". */
export function fieldText(facts: Facts | undefined, field: string): string {
  if (facts === undefined) return field
  const name = factsName(facts)
  const plain = /^[\p{L}_][\p{L}\p{N}\p{M}_]*$/u.test(name)
  return `${'event' in facts && !plain ? `event(${JSON.stringify(name)})` : name}.${field}`
}

/** Asks for the values that a field has in this shop, the usual ones first. */
export function valuesQuery(name: string, begin: string) {
  return {
    queryKey: ['language', 'values', name, begin],
    queryFn: ({ signal }: { signal: AbortSignal }): Promise<KnownValue[]> => values(name, begin, signal),
    staleTime: 60_000,
    retry: false,
  }
}

async function values(name: string, begin: string, signal: AbortSignal): Promise<KnownValue[]> {
  const answer = await ask(client.GET('/v1/language/values', { params: { query: { name, search: begin } }, signal }))
  return answer.values
}

export function useValues(meant: Meant | undefined, begin: string, wanted: boolean) {
  const name = meant?.field === undefined ? '' : fieldText(meant.facts, meant.field)
  return useQuery({ ...valuesQuery(name, begin), enabled: wanted && name !== '', placeholderData: keepPreviousData })
}
