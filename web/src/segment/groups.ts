/** A list in groups, in the order in which their first comes. */
export function groupBy<T>(list: readonly T[], key: (x: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const x of list) {
    const group = groups.get(key(x))
    if (group === undefined) groups.set(key(x), [x])
    else group.push(x)
  }
  return groups
}
