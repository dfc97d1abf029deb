import { Text } from '@mantine/core'

import classes from './builder.module.css'
import { GroupView } from './group'
import { useNames, useTexts } from './texts'
import { factsIn, type Facts, type Node, type Path, type Window } from '../tree'

/** What facts must be like: a group of questions about their fields. */
export function FilterView({ of, path }: { of: Facts; path: Path }) {
  const t = useTexts()
  const names = useNames()
  if (of.filter === undefined) return null
  return (
    <div className={classes.filter}>
      <Text size="sm" className="quiet">
        {t('filter.title', { what: names.many(of) })}
      </Text>
      <GroupView of={of.filter} path={`${path}/filter`} within={of} level={1} />
    </div>
  )
}

/** The filters of all facts that a question or its window looks at, below its sentence. */
export function Filters({ of, path }: { of: Node | Window; path: Path }) {
  return factsIn(of, path)
    .filter((f) => f.facts.filter !== undefined)
    .map((f) => <FilterView key={f.path} of={f.facts} path={f.path} />)
}
