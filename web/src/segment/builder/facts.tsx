import { ActionIcon } from '@mantine/core'
import { IconFilterPlus } from '@tabler/icons-react'

import { AddMenu } from './add'
import classes from './builder.module.css'
import { Choice, type Option } from './choice'
import { useBuilder, useReading, useWrong, useSet } from './context'
import { EventName } from './event'
import { focusAdded } from './rowmenu'
import { useNames, useTexts, type Names } from './texts'
import { append, type Facts, type Path } from '../tree'
import type { Catalogue, FactInfo } from '../catalogue'

/** Facts as a tree names them. */
export function factsOf(info: FactInfo): Facts {
  return info.event ? { event: info.name } : { fact: info.name }
}

const valueOf = (f: Facts) => ('event' in f ? `event ${f.event}` : `fact ${f.fact}`)

/** The facts of the shop as options of a choice, by what a word of them is. */
export function factOptions(catalogue: Catalogue, t: (key: string) => string, word: (f: Facts) => string): Option[] {
  return catalogue.facts.map((info) => {
    const facts = factsOf(info)
    return { value: valueOf(facts), label: word(facts), group: t(info.event ? 'facts.events' : 'facts.builtin'), words: info.name }
  })
}

/** Names facts of one kind, with a way to take only certain ones. */
export function FactsView({ of, path, word = (n, f) => n.many(f) }: { of: Facts; path: Path; word?: (names: Names, f: Facts) => string }) {
  const { catalogue } = useBuilder()
  const t = useTexts()
  const names = useNames()
  const set = useSet()
  const wrong = useWrong(path)
  return (
    <>
      <Choice
        label={t('facts.of')}
        value={valueOf(of)}
        shown={word(names, of)}
        wrong={wrong}
        options={factOptions(catalogue, t, (f) => word(names, f))}
        onChange={(v) => set(path, readFacts(v))}
        footer={(close, search) => (
          <EventName
            search={search}
            onPick={(event) => {
              set(path, { event })
              close()
            }}
          />
        )}
      />
      <Where of={of} path={path} />
    </>
  )
}

/** The facts that an option stands for. A filter is of the fields of one kind, and does not stay with another. */
export function readFacts(value: string): Facts {
  const [kind, name] = value.split(/ (.*)/)
  return kind === 'event' ? { event: name ?? '' } : { fact: name ?? '' }
}

/** A button that asks more of facts: it begins their filter, or adds to it. */
export function Where({ of, path }: { of: Facts; path: Path }) {
  const t = useTexts()
  const names = useNames()
  const { edit } = useBuilder()
  if (useReading() || of.filter !== undefined) return null
  const label = t('filter.add', { what: names.many(of) })
  return (
    <AddMenu within={of} label={label} onPick={(part) => {
        edit((tree) => tree && append(tree, `${path}/filter`, part))
        focusAdded(`${path}/filter`)
      }}>
      {(open) => (
        <ActionIcon variant="subtle" aria-label={label} title={label} onClick={open} className={classes.small}>
          <IconFilterPlus size={16} />
        </ActionIcon>
      )}
    </AddMenu>
  )
}
