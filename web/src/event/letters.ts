import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'

import { ask, client, type Schemas } from '../api/client'
import { exact } from './json'

export type Letter = Schemas['DeadLetter']

export const states = ['open', 'replayed', 'dismissed'] as const
export const kinds = ['refused', 'late', 'conflict'] as const

/** Which dead letters are looked at; what is "" does not matter. */
export interface Wanted {
  state: Letter['state'] | ''
  kind: Letter['kind'] | ''
  key: string
}

/** What all questions for dead letters are kept under. */
export const lettersKey = ['dead-letters']

export const lettersQuery = ({ state, kind, key }: Wanted) =>
  infiniteQueryOptions({
    queryKey: [...lettersKey, state, kind, key],
    queryFn: ({ pageParam, signal }) =>
      ask(
        client.GET('/v1/dead-letters', {
          params: {
            query: {
              limit: 50,
              ...(state === '' ? {} : { state }),
              ...(kind === '' ? {} : { kind }),
              ...(key === '' ? {} : { key }),
              ...(pageParam === undefined ? {} : { after: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })

export const letterQuery = (id: string) =>
  queryOptions({
    queryKey: [...lettersKey, id],
    queryFn: async ({ signal }) => exact(await ask(client.GET('/v1/dead-letters/{id}', { params: { path: { id } }, parseAs: 'text', signal }))) as Letter,
  })

/** Sends an event again: as it came, or the text of another in its place. */
export const replay = (id: string, mended?: string) =>
  ask(
    client.POST('/v1/dead-letters/{id}/replay', {
      params: { path: { id } },
      // As it was written: numbers would be rounded otherwise.
      ...(mended === undefined ? {} : { body: {}, bodySerializer: () => `{"event":${mended}}` }),
    }),
  )
