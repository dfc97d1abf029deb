import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'

import { ask, client, Problem } from '../api/client'
import { Answer, Failed, Loading } from '../shell/state'
import { Draft } from './draft'
import { useLanguage } from './language'
import { checkQuery } from './question'
import type { Segment } from './segments'
import { isUnknown, UnknownSegment } from './unknown'

/** Makes a new segment; a link may bring its text and its name. */
export function NewSegmentPage() {
  const { text, name } = useSearch({ from: '/frame/segments/new' })
  return <Begun text={text ?? ''} called={name} key={text} />
}

/** Changes a segment. */
export function EditSegmentPage() {
  const { id } = useParams({ from: '/frame/segments/$id/edit' })
  const segment = useQuery({
    queryKey: ['segments', id],
    queryFn: () => ask(client.GET('/v1/segments/{id}', { params: { path: { id } } })),
    staleTime: Infinity, // what is edited does not change under one's hands
  })
  if (isUnknown(segment.error)) return <UnknownSegment id={id} />
  return <Answer of={segment}>{(s) => <Begun key={s.id} segment={s} text={s.text === '' ? (s.template ?? '') : s.text} />}</Answer>
}

/** Reads the text that one begins with. One that has errors is shown as a text. */
function Begun({ segment, called, text }: { segment?: Segment; called?: string | undefined; text: string }) {
  const language = useLanguage()
  const first = useQuery({ ...checkQuery({ text }), enabled: text.trim() !== '', staleTime: Infinity })
  if (language.error !== null) return <Failed error={language.error} again={() => void language.refetch()} />
  if (text.trim() !== '' && first.error !== null && !(first.error instanceof Problem)) return <Failed error={first.error} again={() => void first.refetch()} />
  if (language.catalogue === undefined || language.data === undefined || (text.trim() !== '' && !first.isFetched)) return <Loading />
  return <Draft segment={segment} called={called} text={text} tree={first.data?.tree} catalogue={language.catalogue} language={language.data} />
}
