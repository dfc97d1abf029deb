import { useQuery } from '@tanstack/react-query'

import { ask, client, type Schemas } from '../api/client'

export type Settings = Schemas['Settings']

/** Asks for the shop's settings. */
export const shopQuery = {
  queryKey: ['shop'],
  queryFn: () => ask(client.GET('/v1/shop')),
  staleTime: 60_000,
}

/** The shop's settings; undefined before they came. */
export function useShop(): Settings | undefined {
  return useQuery(shopQuery).data
}
