import { useCallback, useMemo, useState } from 'react'

import { Begin } from './begin'
import { BuilderContext, byRow, FindingsContext, type Builder, type Placed } from './context'
import { GroupView } from './group'
import type { Catalogue } from '../catalogue'
import type { Segment } from '../segments'
import type { Node } from '../tree'

interface Props {
  tree: Node | undefined
  edit: Builder['edit']
  suggest: Builder['suggest']
  catalogue: Catalogue
  segments: Segment[]
  findings: Placed[]
}

/** Builds a segment without writing it. */
export function BuilderView({ tree, edit, suggest, catalogue, segments, findings }: Props) {
  const [said, setSaid] = useState('')
  const announce = useCallback((text: string) => setSaid(text), [])
  const builder = useMemo(() => ({ catalogue, segments, edit, suggest, announce }), [catalogue, segments, edit, suggest, announce])
  const rows = useMemo(() => byRow(findings), [findings])
  return (
    <BuilderContext value={builder}>
      <FindingsContext value={rows}>
        {tree === undefined ? <Begin /> : <GroupView of={tree} path="" level={0} />}
        <div role="status" className="hidden-visually">
          {said}
        </div>
      </FindingsContext>
    </BuilderContext>
  )
}
