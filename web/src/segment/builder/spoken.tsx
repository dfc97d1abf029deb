import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import classes from './builder.module.css'
import { BuilderContext, ReadingContext } from './context'
import { GroupView } from './group'
import { TermView } from './term'
import { useTexts } from './texts'
import { termsOf } from '../comparison'
import type { Catalogue } from '../catalogue'
import { useLanguage } from '../language'
import { segmentsQuery, type Segment } from '../segments'
import type { Node } from '../tree'

const nothing = () => undefined

/** Says what a segment, or a part of it, asks: the builder's sentences, to be read. */
export function Spoken({ of }: { of: Node }) {
  return (
    <Here>
      <GroupView of={of} path="" level={0} />
    </Here>
  )
}

/** Says what a value of a question is. The question's values are numbered as an explanation lists them. */
export function SpokenTerm({ of, at }: { of: Node; at: number }) {
  const t = useTexts()
  const term = termsOf(of)[at]
  return (
    <Here>
      <span className={classes.sentence}>{term && <TermView of={term} path="" label={t('term.x')} />}</span>
    </Here>
  )
}

/** Reads with what this shop has. */
function Here({ children }: { children: ReactNode }) {
  const { catalogue } = useLanguage()
  const segments = useQuery(segmentsQuery).data?.segments
  return catalogue !== undefined && segments !== undefined && <Reading catalogue={catalogue} segments={segments}>{children}</Reading>
}

/** Shows what is in it as sentences without controls. */
export function Reading({ catalogue, segments, children }: { catalogue: Catalogue; segments: Segment[]; children: ReactNode }) {
  return (
    <BuilderContext value={{ catalogue, segments, edit: nothing, suggest: nothing, announce: nothing }}>
      <ReadingContext value>
        <div className={classes.reading}>{children}</div>
      </ReadingContext>
    </BuilderContext>
  )
}
