import { Choice, type Option } from './choice'
import { useBuilder, useWrong, useSet } from './context'
import { EventName } from './event'
import { factOptions, readFacts, Where } from './facts'
import { Sentence } from './sentence'
import { useNames, useTexts } from './texts'
import { WindowView } from './window'
import { factsName, type Has, type Path } from '../tree'

/** "placed an order in the last 30 days". */
export function HasView({ of, path }: { of: Has; path: Path }) {
  const { catalogue } = useBuilder()
  const t = useTexts()
  const names = useNames()
  const set = useSet()
  const wrong = useWrong(`${path}/facts`)
  const own: Option[] = (['has', 'no'] as const).map((k) => ({ value: k, label: names.happened(of.facts, k === 'no'), group: names.many(of.facts) }))
  const others = factOptions(catalogue, t, (f) => names.happened(f, of.kind === 'no')).filter((o) => o.label !== own[of.kind === 'no' ? 1 : 0]?.label)
  const what = (
    <Choice
      label={t('has.what')}
      value={of.kind}
      options={[...own, ...others]}
      wrong={wrong}
      onChange={(v) => (v === 'has' || v === 'no' ? set(`${path}/kind`, v) : set(`${path}/facts`, readFacts(v)))}
      footer={(close, search) => (
        <EventName
          search={search}
          onPick={(event) => {
            set(`${path}/facts`, { event })
            close()
          }}
        />
      )}
    />
  )
  return (
    <Sentence
      text={t('has.form')}
      parts={{
        what: (
          <>
            {what}
            <Where key={factsName(of.facts)} of={of.facts} path={`${path}/facts`} />
          </>
        ),
        window: <WindowView of={of.window} path={`${path}/window`} />,
      }}
    />
  )
}
