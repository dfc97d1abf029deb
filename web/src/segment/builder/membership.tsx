import { Choice } from './choice'
import { useBuilder, useWrong, useSet } from './context'
import { Sentence } from './sentence'
import { useTexts } from './texts'
import { WindowView } from './window'
import { shownName } from '../segments'
import type { InSegment, Moved, Path } from '../tree'

/** "is in the segment X", "entered the segment X in the last 7 days". */
export function MembershipView({ of, path }: { of: InSegment | Moved; path: Path }) {
  const { segments } = useBuilder()
  const t = useTexts()
  const set = useSet()
  const wrong = useWrong(`${path}/segment`)
  const kind = (
    <Choice
      label={t('membership.how')}
      value={of.kind}
      options={(['in_segment', 'entered', 'left'] as const).map((k) => ({ value: k, label: t(`membership.${k}`) }))}
      onChange={(k) => set(path, k === 'in_segment' ? { kind: k, segment: of.segment } : { kind: k, segment: of.segment, window: of.kind === 'in_segment' ? { kind: 'in_last', duration: { n: 7, unit: 'days' } } : of.window })}
    />
  )
  const segment = (
    <Choice
      label={t('membership.segment')}
      value={of.segment === '' ? undefined : of.segment}
      shown={of.segment}
      wrong={wrong || of.segment === ''}
      options={segments.map((s) => ({ value: s.id, label: shownName(s), about: s.name !== '' && s.name !== s.id ? s.id : undefined, group: t(s.preset ? 'membership.presets' : 'membership.own') }))}
      onChange={(v) => set(`${path}/segment`, v)}
    />
  )
  const window = of.kind === 'in_segment' ? null : <WindowView of={of.window} path={`${path}/window`} always />
  return <Sentence text={t(of.kind === 'in_segment' ? 'membership.form' : 'membership.moved_form')} parts={{ kind, segment, window }} />
}
