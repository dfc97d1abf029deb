import { Choice } from './choice'
import { useBuilder, useWrong } from './context'
import { EventName } from './event'
import { factOptions, readFacts, Where } from './facts'
import { inline } from './sentence'
import { useSubject } from './subject'
import type { TermProps } from './term'
import { useNames, useTexts } from './texts'
import { WindowView } from './window'
import type { Catalogue } from '../catalogue'
import { takesField } from '../comparison'
import { aggregateKinds, type Aggregate, type AggregateKind, type Facts } from '../tree'

/** "total of the orders in the last 30 days". */
export function AggregateView({ of, path, within }: TermProps<Aggregate>) {
  const { catalogue } = useBuilder()
  const t = useTexts()
  const names = useNames()
  const change = useSubject(path, within)
  const wrong = useWrong(`${path}/facts`)
  const wrongField = useWrong(`${path}/field`)
  const kind = (
    <Choice
      label={t('aggregate.how')}
      value={of.kind}
      options={aggregateKinds.map((k) => ({ value: k, label: t(`aggregate.label.${k}`), short: t(`aggregate.short.${k}`) }))}
      onChange={(k) => change(withFields(catalogue, { ...of, kind: k }))}
    />
  )
  const facts = (
    <>
      <Choice
        label={t('facts.of')}
        value={'event' in of.facts ? `event ${of.facts.event}` : `fact ${of.facts.fact}`}
        shown={names.many(of.facts)}
        wrong={wrong}
        options={factOptions(catalogue, t, (f) => names.many(f))}
        onChange={(v) => change(withFields(catalogue, { ...of, facts: readFacts(v) }))}
        footer={(close, search) => (
          <EventName
            search={search}
            onPick={(event) => {
              change(withFields(catalogue, { ...of, facts: { event } }))
              close()
            }}
          />
        )}
      />
      <Where of={of.facts} path={`${path}/facts`} />
    </>
  )
  const field = (
    <Choice
      label={t('aggregate.field')}
      value={of.field}
      shown={of.field === undefined || of.field === '' ? '' : names.factField(of.facts, of.field)}
      wrong={wrongField || of.field === ''}
      options={catalogue.fieldsFor(of.kind, of.facts).map((f) => ({ value: f.name, label: names.factField(of.facts, f.name), words: f.name }))}
      onChange={(name) => change({ ...of, field: name })}
    />
  )
  const window = <WindowView of={of.window} path={`${path}/window`} />
  return <>{inline(t(takesField(of.kind) ? 'aggregate.form_field' : 'aggregate.form'), { kind, facts, field, window })}</>
}

/** The aggregate with a field that its function takes, or none where it takes none. */
function withFields(catalogue: Catalogue, a: Aggregate): Aggregate {
  const { field, ...rest } = a
  if (!takesField(a.kind)) return rest
  const fit = catalogue.fieldsFor(a.kind, a.facts)
  const kept = fit.find((f) => f.name === field) ?? usual(a.kind, a.facts, fit.map((f) => f.name))
  return { ...rest, field: typeof kept === 'string' ? kept : kept.name }
}

function usual(kind: AggregateKind, facts: Facts, fit: string[]): string {
  const wanted = kind === 'first' || kind === 'last' ? ['at'] : kind === 'distinct' ? ['product', 'id', 'category', 'campaign'] : ['total', 'revenue', 'price', 'amount', 'value', 'pages', 'quantity']
  return wanted.find((name) => fit.includes(name)) ?? fit[0] ?? ('event' in facts ? 'product' : '')
}
