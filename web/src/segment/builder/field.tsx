import { Choice, type Option } from './choice'
import { useBuilder, useWrong } from './context'
import { useSubject } from './subject'
import type { TermProps } from './term'
import { useNames, useTexts, type Names, type Texts } from './texts'
import { TypedName } from './typedname'
import type { Catalogue } from '../catalogue'
import type { Facts, FieldTerm } from '../tree'

/** A field, of the customer or, in a filter, of the fact. */
export function FieldView({ of, path, within, label }: TermProps<FieldTerm>) {
  const { catalogue } = useBuilder()
  const t = useTexts()
  const names = useNames()
  const change = useSubject(path, within)
  const wrong = useWrong(path)
  const pick = (name: string) => change({ kind: 'field', name })
  return (
    <Choice
      label={label}
      value={of.name}
      shown={within === undefined ? names.field(of.name) : names.factField(within, of.name)}
      wrong={wrong}
      options={fieldOptions(catalogue, t, names, within)}
      onChange={pick}
      footer={(close, search) =>
        within === undefined || 'event' in within ? (
          <OtherField
            event={within !== undefined}
            search={search}
            onPick={(name) => {
              pick(name)
              close()
            }}
          />
        ) : undefined
      }
    />
  )
}

/** The fields that may stand in a place, as options of a choice. */
export function fieldOptions(catalogue: Catalogue, t: Texts, names: Names, within?: Facts): Option[] {
  const shop = catalogue.fields.filter((f) => f.kind === 'shop')
  const outer = (list: typeof shop): Option[] =>
    list.map((f) => ({ value: f.name, label: names.field(f.name), about: t(`about.${f.name.replace('.', '_')}`, { defaultValue: '' }) || undefined, group: t(`fields.${f.kind}`), words: `${f.name} ${f.about ?? ''}` }))
  if (within === undefined) {
    const order = ['customer', 'own', 'base', 'trait', 'shop']
    return outer([...catalogue.fields].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)))
  }
  const own = catalogue.factOf(within).fields.map((f): Option => ({ value: f.name, label: names.factField(within, f.name), group: names.many(within), words: f.name }))
  return [...own, ...outer(shop)]
}

/** A way to name a trait, or an event's property, that is not in the list. */
function OtherField({ event, search, onPick }: { event: boolean; search: string; onPick: (name: string) => void }) {
  const t = useTexts()
  const meant = (typed: string) => {
    const name = typed.trim()
    if (name === '') return undefined
    return event ? name.toLowerCase() : `traits.${name.replace(/^traits\./, '')}`
  }
  return <TypedName label={t(event ? 'fields.property' : 'fields.other')} search={search} meant={meant} onPick={onPick} />
}
