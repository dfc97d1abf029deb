import type { Document, Schema } from './document'

/** A type in words of code: "string", "Segment[]", "{ [name]: integer }". */
export interface Type {
  /** What stands before and behind the name of a schema, or the whole. */
  before: string
  /** The schema that is linked to, if it is one. */
  ref?: string
  behind: string
}

/** A line of a schema's tree. */
export interface Line {
  name: string
  depth: number
  required: boolean
  type: Type
  about: string
  limits: string[]
  choices: string[]
}

/** The name of the schema that a reference is to. */
export function nameOf(schema: Schema | undefined): string | undefined {
  return schema?.$ref?.replace('#/components/schemas/', '')
}

/** Says what type a schema is. */
export function typeOf(schema: Schema): Type {
  const ref = nameOf(schema)
  if (ref !== undefined) return { before: '', ref, behind: '' }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? (schema.properties ? 'object' : 'any')]
  const orNull = types.includes('null') ? ' | null' : ''
  const type = types.find((t) => t !== 'null') ?? 'null'
  if (type === 'array') {
    const of = typeOf(schema.items ?? {})
    return { ...of, behind: `${of.behind}[]${orNull}` }
  }
  if (type === 'object' && typeof schema.additionalProperties === 'object') {
    const of = typeOf(schema.additionalProperties)
    return { before: `{ [name]: ${of.before}`, ref: of.ref, behind: `${of.behind} }${orNull}` }
  }
  const format = schema.format !== undefined && !/^u?int|^double|^float/.test(schema.format) ? ` (${schema.format})` : ''
  return { before: type + format + orNull, behind: '' }
}

/** Says what values a schema is limited to. */
export function limitsOf(schema: Schema): string[] {
  const range = (least: number | undefined, most: number | undefined, unit: string) =>
    least === undefined && most === undefined ? [] : [`${least ?? ''}…${most ?? ''}${unit}`]
  return [
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minLength, schema.maxLength, ' chars'),
    ...range(schema.minItems, schema.maxItems, ' items'),
    ...(schema.pattern === undefined ? [] : [schema.pattern]),
    ...(schema.default === undefined ? [] : [`= ${JSON.stringify(schema.default)}`]),
  ]
}

/** Lists the lines of a schema's tree. What has a name of its own is not opened: it is linked to. */
export function linesOf(schema: Schema, depth = 0): Line[] {
  const lines: Line[] = []
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    lines.push({
      name,
      depth,
      required: schema.required?.includes(name) ?? false,
      type: typeOf(property),
      about: property.description ?? '',
      limits: limitsOf(property),
      choices: (property.enum ?? []).map(String),
    })
    lines.push(...linesOf(inner(property), depth + 1))
  }
  return lines
}

// What is below a list or a map without a name of its own.
function inner(schema: Schema): Schema {
  if (schema.items) return inner(schema.items)
  return typeof schema.additionalProperties === 'object' ? inner(schema.additionalProperties) : schema
}

/** Follows a reference. */
export function resolved(document: Document, schema: Schema): Schema {
  const name = nameOf(schema)
  return name === undefined ? schema : (document.components?.schemas?.[name] ?? {})
}

/** Makes an example of a schema: what is required, and at most so deep. */
export function exampleOf(document: Document, schema: Schema, depth = 0): unknown {
  const s = resolved(document, schema)
  if (s.examples?.[0] !== undefined) return s.examples[0]
  if (s.enum?.[0] !== undefined) return s.enum[0]
  if (s.default !== undefined) return s.default
  const type = Array.isArray(s.type) ? s.type.find((t) => t !== 'null') : s.type
  switch (type) {
    case 'array':
      return s.items === undefined || depth > 3 ? [] : [exampleOf(document, s.items, depth + 1)]
    case 'integer':
    case 'number':
      return s.minimum ?? 1
    case 'boolean':
      return true
    case 'string':
      return s.format === 'date-time' ? '2026-01-31T09:00:00Z' : '…'
    default:
      if (depth > 3) return {}
      return Object.fromEntries(
        Object.entries(s.properties ?? {})
          .filter(([name]) => s.required?.includes(name) ?? false)
          .map(([name, p]) => [name, exampleOf(document, p, depth + 1)]),
      )
  }
}
