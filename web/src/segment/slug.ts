/** The id that a name makes: a to z, 0 to 9 and single hyphens. A name without such letters makes a numbered one. */
export function slug(name: string, taken: ReadonlySet<string>): string {
  const base = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 56)
    .replace(/^-+|-+$/g, '')
  const wanted = base === '' ? 'segment' : base
  if (base !== '' && !taken.has(wanted)) return wanted
  for (let i = base === '' ? 1 : 2; ; i++) {
    if (!taken.has(`${wanted}-${i}`)) return `${wanted}-${i}`
  }
}
