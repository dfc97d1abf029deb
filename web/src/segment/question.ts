import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { ask, client, Problem, type Finding, type Schemas } from '../api/client'
import type { Node } from './tree'

/** A segment in either form, as the server takes it. */
export type Question = { text: string } | { tree: Node }

export type Checked = Omit<Schemas['Checked'], 'tree'> & { tree: Node }

// The tree is described part by part in the server's document; here it has the
// types that the builder edits, which allow for what is unfinished.
type Body = Schemas['TextOrTree']

/** Asks whether a segment is one: its canonical text and tree, or a Problem that points at what is wrong. */
export function checkQuery(q: Question) {
  return {
    queryKey: ['segment check', q],
    queryFn: async ({ signal }: { signal: AbortSignal }) => (await ask(client.POST('/v1/segments/check', { body: q as Body, signal }))) as Checked,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  }
}

/** What the check says of a question; while it asks, what it said of the one before. */
export function useCheck(q: Question | undefined) {
  return useQuery({ ...checkQuery(q ?? { text: '' }), enabled: q !== undefined })
}

/** Counts a segment, by its canonical text, and names its first members. */
export function useSample(text: string | undefined) {
  return useQuery({
    queryKey: ['segment sample', text],
    queryFn: ({ signal }) => ask(client.POST('/v1/segments/sample', { body: { text: text ?? '', limit: 6 }, signal })),
    enabled: text !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  })
}

/** What is wrong, as far as the server points at it. */
export function findingsOf(error: unknown): Finding[] {
  return error instanceof Problem ? error.findings : []
}

/** Whether a text has comments, which only a text can keep. */
export function hasComments(text: string): boolean {
  return /^(?:[^"#\n]|"(?:[^"\\\n]|\\.)*")*#/m.test(text)
}
