import type { Document, Route } from './document'
import { exampleOf } from './schema'

/** Makes a command that asks a route, for a shell. The key is a variable of the shell. */
export function curlOf(document: Document, route: Route, origin: string): string {
  const { operation: o } = route
  const query = (o.parameters ?? [])
    .filter((p) => p.in === 'query' && p.required)
    .map((p) => `${p.name}=${encodeURIComponent(String(p.schema ? exampleOf(document, p.schema) : ''))}`)
    .join('&')
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())
  const parts = ['curl']
  if (Object.keys(o.responses?.['200']?.content ?? {}).some((type) => type === 'text/event-stream')) parts.push('-N')
  if (route.method !== 'GET') parts.push(`-X ${route.method}`)
  parts.push(quoted(`${origin}${path}${query === '' ? '' : `?${query}`}`))
  const lines = [parts.join(' ')]
  if (route.permission !== 'public') lines.push('-H "Authorization: Bearer $KITH_KEY"')
  const content = o.requestBody?.content ?? {}
  const json = content['application/json']?.schema
  const [type] = Object.keys(content)
  if (json !== undefined && json.format !== 'binary') {
    lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(exampleOf(document, json), null, 2))}`)
  } else if (type !== undefined) {
    lines.push(`-H 'Content-Type: ${type}'`, '--data-binary @FILE')
  }
  return lines.join(' \\\n  ')
}

// A text as one word of a POSIX shell.
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
