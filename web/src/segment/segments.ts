import { ask, client, type Schemas } from '../api/client'

export type Segment = Schemas['Segment']

/** Asks for all segments and presets. */
export const segmentsQuery = {
  queryKey: ['segments'],
  queryFn: () => ask(client.GET('/v1/segments')),
}

/** Asks for what sets a segment apart. */
export const insightQuery = (segment: Segment) => ({
  queryKey: ['segments', segment.id, 'insight'],
  queryFn: ({ signal }: { signal: AbortSignal }) => ask(client.POST('/v1/segments/insight', { body: { text: '@' + segment.id }, signal })),
  staleTime: 60_000,
})

/** What a segment is called: its id where it has no name. */
export function shownName(segment: { id: string; name?: string }): string {
  return segment.name === undefined || segment.name === '' ? segment.id : segment.name
}

/** Where a segment is made of a text, under a name that can be changed. */
export function newSegment(text: string, name: string): string {
  return `/segments/new?${new URLSearchParams({ text, name }).toString()}`
}
