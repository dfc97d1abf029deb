import { lazy, Suspense } from 'react'

import { useCheck } from './question'
import type { Node } from './tree'

const Lazy = lazy(async () => ({ default: (await import('./builder/spoken')).Spoken }))
const LazyTerm = lazy(async () => ({ default: (await import('./builder/spoken')).SpokenTerm }))

/** Says what a part of a segment asks, in the reader's language. */
export function Spoken({ of }: { of: Node }) {
  return (
    <Suspense>
      <Lazy of={of} />
    </Suspense>
  )
}

/** Says what one of the values of a question is. */
export function SpokenTerm({ of, at }: { of: Node; at: number }) {
  return (
    <Suspense>
      <LazyTerm of={of} at={at} />
    </Suspense>
  )
}

/** Says what a segment asks, by its text. */
export function SpokenText({ text }: { text: string }) {
  const tree = useCheck({ text }).data?.tree
  return tree !== undefined && <Spoken of={tree} />
}
