// Where these are written, the family's name comes first, and nothing between.
const familyFirst = /^[\p{Script=Hangul}\p{Script=Han}]+$/u

/** What a customer is called: their name, else what they are listed by. */
export function customerName({ id, first_name: first = '', last_name: last = '' }: { id: string; first_name?: string; last_name?: string }): string {
  if (familyFirst.test(first) && familyFirst.test(last)) return last + first
  const name = [first, last].filter((x) => x !== '').join(' ')
  return name === '' ? shownId(id) : name
}

/** An id as it is shown: a masked one has what the server knows it by behind it. */
export function shownId(id: string): string {
  return id.includes('***') ? id.replace(/~[\w-]+$/, '') : id
}

/** Ids that no path can hold: they are given beside it. */
const noPath = ['.', '..', '/']

/** Where the page of a customer is. */
export function customerLink(id: string): string {
  return noPath.includes(id) ? `/customers/-?id=${encodeURIComponent(id)}` : `/customers/${encodeURIComponent(id)}`
}

/** How the API is asked for a customer. */
export function customerParams(id: string): { path: { id: string }; query?: { id: string } } {
  return noPath.includes(id) ? { path: { id: '-' }, query: { id } } : { path: { id } }
}
