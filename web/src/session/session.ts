import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'

import { ask, client, Problem } from '../api/client'

/** Asks who is logged in; null if nobody is. */
export const sessionQuery = {
  queryKey: ['session'],
  queryFn: async () => {
    try {
      return await ask(client.GET('/v1/session'))
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
}

/** Who is logged in. */
export function useSession() {
  return useQuery(sessionQuery).data ?? null
}

/** Returns what says whether one may do something. The server decides; this hides what it would refuse. */
export function useMay(): (permission: string) => boolean {
  const session = useSession()
  return useCallback((permission) => session?.permissions.some((p) => p === permission) ?? false, [session])
}

/** Returns what ends the session. */
export function useLogOut(): () => Promise<void> {
  const queries = useQueryClient()
  return useCallback(async () => {
    await ask(client.DELETE('/v1/session'))
    queries.clear()
    window.location.assign('/login')
  }, [queries])
}
