import type { Schemas } from '../api/client'

export type SourceColumn = Schemas['SourceColumn']

/** Which column each field is read from, where it is said; "" leaves a field out. */
export type Mapping = Readonly<Record<string, string>>

/** How a mapping names a column: by its header, or by its number where that is not one column's alone. */
export function nameOf(columns: readonly SourceColumn[], column: SourceColumn): string {
  const alone = columns.filter((c) => c.column === column.column).length === 1
  return column.column !== '' && alone && !/^\d+$/.test(column.column) ? column.column : String(column.number)
}

/** Says that a column is a field, or with "" that it is none of them. */
export function assign(mapping: Mapping, columns: readonly SourceColumn[], column: SourceColumn, field: string): Mapping {
  const name = nameOf(columns, column)
  const next: Record<string, string> = { ...mapping }
  const were = [...column.fields, ...Object.keys(mapping).filter((f) => mapping[f] === name)]
  for (const before of were) if (before !== field) next[before] = ''
  if (field !== '') next[field] = name
  return Object.fromEntries(Object.entries(next).filter(([f, to]) => !(f.includes('.') && to === '')))
}

/** The groups of fields of which one must be there and none is. */
export function unmet(needs: readonly (readonly string[] | null)[], sources: readonly { columns: readonly SourceColumn[] }[]): string[][] {
  const fields = new Set(sources.flatMap((s) => s.columns.flatMap((c) => c.fields)))
  return needs.map((group) => [...(group ?? [])]).filter((group) => group.length > 0 && !group.some((f) => fields.has(f)))
}
