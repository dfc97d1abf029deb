import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import type { Schemas } from '../api/client'
import { figuresQuery } from '../segment/figures'

type Figures = Schemas['Figures']

/**
 * Keeps what is shown up to date while one looks at it: the server tells which
 * segments' sizes changed. After a break it is asked for everything anew.
 */
export function useLive() {
  const queries = useQueryClient()
  useEffect(() => {
    const source = new EventSource('/v1/live')
    source.addEventListener('sizes', (event) => {
      const sizes = JSON.parse((event as MessageEvent<string>).data) as Record<string, number>
      queries.setQueryData<Figures>(figuresQuery.queryKey, (old) =>
        old === undefined
          ? old
          : {
              ...old,
              customers: sizes[''] ?? old.customers,
              segments: old.segments.map((s) => {
                const size = sizes[s.id]
                return size === undefined ? s : { ...s, customers: size, share: old.customers ? size / old.customers : s.share }
              }),
            },
      )
      void queries.invalidateQueries({ queryKey: figuresQuery.queryKey })
      for (const id of Object.keys(sizes)) void queries.invalidateQueries({ queryKey: ['segments', id, 'history'] })
    })
    source.addEventListener('open', () => void queries.invalidateQueries({ queryKey: figuresQuery.queryKey }))
    return () => source.close()
  }, [queries])
}
