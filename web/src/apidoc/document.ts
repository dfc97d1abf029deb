import { Problem } from '../api/client'

/** What is used of an OpenAPI 3.1 document. */
export interface Document {
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

export interface Operation {
  operationId?: string
  summary?: string
  description?: string
  parameters?: OperationParameter[]
  requestBody?: { required?: boolean; content?: Content }
  responses?: Record<string, { description?: string; content?: Content }>
  'x-permission'?: string
}

export interface OperationParameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema?: Schema
}

export type Content = Record<string, { schema?: Schema }>

export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: unknown[]
  default?: unknown
  examples?: unknown[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  contentMediaType?: string
}

/** One route, as the page shows it. */
export interface Route {
  id: string
  method: string
  path: string
  group: string
  summary: string
  permission: string
  operation: Operation
}

/** Asks for the description that the server makes of itself. */
export const documentQuery = {
  queryKey: ['openapi'],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Document> => {
    const response = await fetch('/openapi.json', { signal })
    if (!response.ok) throw new Problem(response.status, undefined)
    return (await response.json()) as Document
  },
  staleTime: Infinity,
}

// Which concept the first part of a path belongs to. What is not here is one
// of its own.
const concepts: Record<string, string> = {
  session: 'session',
  welcome: 'session',
  users: 'team',
  keys: 'team',
  audit: 'team',
  segments: 'segments',
  presets: 'segments',
  overlap: 'segments',
  customers: 'customers',
  rfm: 'figures',
  overview: 'figures',
  imports: 'imports',
  uploads: 'imports',
  demo: 'imports',
  events: 'events',
  track: 'events',
  batch: 'events',
  webhooks: 'webhooks',
  shop: 'shop',
  score: 'running',
  runs: 'running',
  rebuild: 'running',
  doctor: 'running',
  freshness: 'running',
  healthz: 'running',
}

/** The concepts in the order in which they are shown. */
export const groups = ['segments', 'customers', 'figures', 'imports', 'events', 'webhooks', 'shop', 'team', 'session', 'running', 'language', 'live']

/** Lists a document's routes, concept by concept. */
export function routesOf(document: Document): Route[] {
  const methods = ['get', 'post', 'put', 'patch', 'delete']
  const list: Route[] = []
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const method of methods) {
      const operation = operations[method]
      if (operation === undefined) continue
      const first = path.replace(/^\/v1\//, '/').split('/')[1] ?? ''
      list.push({
        id: operation.operationId ?? `${method}-${path}`,
        method: method.toUpperCase(),
        path,
        group: concepts[first] ?? first,
        summary: operation.summary ?? '',
        permission: operation['x-permission'] ?? '',
        operation,
      })
    }
  }
  const place = (route: Route) => (groups.indexOf(route.group) + groups.length + 1) % (groups.length + 1)
  return list.sort(
    (a, b) => place(a) - place(b) || (a.group < b.group ? -1 : a.group > b.group ? 1 : 0) || (a.path < b.path ? -1 : a.path > b.path ? 1 : methods.indexOf(a.method.toLowerCase()) - methods.indexOf(b.method.toLowerCase())),
  )
}

/** Says whether a route has all words of a search in what it is called, takes and answers. */
export function found(route: Route, search: string): boolean {
  const { operation: o } = route
  const text = [
    route.method,
    route.path,
    route.summary,
    route.permission,
    ...(o.parameters ?? []).flatMap((p) => [p.name, p.description ?? '']),
    JSON.stringify(o.requestBody ?? ''),
    JSON.stringify(o.responses?.['200'] ?? o.responses?.['201'] ?? ''),
  ]
    .join(' ')
    .toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
