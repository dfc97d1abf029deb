import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import { ask, client, spoken, type Schemas } from '../api/client'

export type Job = Schemas['ImportJob']
export type Kind = Schemas['JobRequest']['kind']
export type Preview = Schemas['Preview']
export type RejectedRow = Schemas['RejectedRow']

/** What files can hold, in the order in which a shop brings it in. */
export const kinds: Kind[] = ['orders', 'customers', 'products', 'events', 'rates']

/** The formats that name their columns in a way of their own. */
export const formats = ['generic', 'shopify', 'woocommerce', 'online-retail'] as const

/** Says whether nothing more will happen to an import. */
export function isOver(job: Job): boolean {
  return job.state !== 'waiting' && job.state !== 'running'
}

/** Asks for one import: how far it is, or what came of it. */
export const jobQuery = (id: string) => ({
  queryKey: ['import', id],
  queryFn: () => ask(client.GET('/v1/imports/jobs/{id}', { params: { path: { id } } })),
})

/** Follows an import until it is over. */
export function useJob(id: string) {
  const queries = useQueryClient()
  const job = useQuery({
    ...jobQuery(id),
    // Where the stream does not come through, asking now and then does.
    refetchInterval: (query) => (query.state.data && !isOver(query.state.data) ? 5000 : false),
  })
  const follow = job.data !== undefined && !isOver(job.data)
  useEffect(() => {
    if (!follow) return
    const stream = new EventSource(spoken(`/v1/imports/jobs/${encodeURIComponent(id)}/progress`))
    const take = (event: MessageEvent<string>) => {
      const now = JSON.parse(event.data) as Job
      queries.setQueryData(jobQuery(id).queryKey, now)
      if (!isOver(now)) return
      stream.close()
      // There are other facts now: whatever was asked is asked again.
      void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'import' && query.queryKey[0] !== 'session' })
    }
    for (const name of ['progress', 'done', 'failed']) stream.addEventListener(name, take)
    return () => stream.close()
  }, [follow, id, queries])
  return job
}
