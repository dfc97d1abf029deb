import type { UseFormReturnType } from '@mantine/form'

import { ask, client } from '../api/client'

export const keysQuery = { queryKey: ['keys'], queryFn: () => ask(client.GET('/v1/keys')) }

export type Key = Awaited<ReturnType<typeof keysQuery.queryFn>>['keys'][number]

export const calledKey = (key: Key) => key.name ?? key.id

/** What a key is bound to, as a form has it: an origin a line, and "" for no quota. */
export interface Limits {
  origins: string
  perMinute: number | ''
}

export type LimitsForm = UseFormReturnType<Limits>

export const limitsOf = (key: Key): Limits => ({ origins: (key.origins ?? []).join('\n'), perMinute: key.events_per_minute ?? '' })

/** The origins of a text, which people part by lines, commas or spaces. */
export const originsOf = (text: string) => text.split(/[\s,;]+/).filter((x) => x !== '')

/** How long a key works beside the one that takes its place, in seconds. */
export const overlaps = [
  { name: 'none', seconds: 0 },
  { name: 'hour', seconds: 3600 },
  { name: 'day', seconds: 86400 },
  { name: 'week', seconds: 604800 },
  { name: 'month', seconds: 2592000 },
] as const
