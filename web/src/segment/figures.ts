import { ask, client } from '../api/client'

/** Asks for the sizes of all segments, how they went, and what their members are worth. */
export const figuresQuery = {
  queryKey: ['segments', 'figures'],
  queryFn: () => ask(client.GET('/v1/segments/figures')),
  refetchInterval: 30_000, // sizes of past days come without news
}
