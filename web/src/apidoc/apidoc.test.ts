// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'

import { curlOf } from './curl'
import { found, routesOf, type Document } from './document'
import { linesOf, typeOf } from './schema'

const document: Document = {
  info: { version: '1' },
  paths: {
    '/v1/odd': { get: { operationId: 'get-odd', summary: 'odd' } },
    '/v1/shop': { get: { operationId: 'get-shop', 'x-permission': 'view' } },
    '/v1/segments/{id}': {
      put: {
        operationId: 'put-segment',
        summary: 'save a segment',
        'x-permission': 'edit',
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Save' } } } },
      },
      get: { operationId: 'get-segment', 'x-permission': 'view', parameters: [{ name: 'at', in: 'query', required: true, schema: { type: 'string' } }] },
    },
  },
  components: {
    schemas: {
      Save: {
        type: 'object',
        required: ['text'],
        properties: { text: { type: 'string', examples: ["country = 'RO'"] }, note: { type: 'string' }, deep: { type: 'array', items: { type: 'object', properties: { a: { type: 'integer' } } } } },
      },
    },
  },
}

describe('routes', () => {
  it('come concept by concept, the unknown ones last', () => {
    expect(routesOf(document).map((r) => r.id)).toEqual(['get-segment', 'put-segment', 'get-shop', 'get-odd'])
  })
  it('are found by all words', () => {
    const [get, put] = routesOf(document)
    expect(put && found(put, 'save SEGMENTS edit')).toBe(true)
    expect(get && found(get, 'save')).toBe(false)
  })
})

describe('curl', () => {
  it('has the key, the body and what is required, quoted for a shell', () => {
    const [get, put] = routesOf(document)
    expect(get && curlOf(document, get, 'http://h')).toBe(`curl 'http://h/v1/segments/ID?at=%E2%80%A6' \\\n  -H "Authorization: Bearer $KITH_KEY"`)
    expect(put && curlOf(document, put, 'http://h')).toContain(String.raw`"text": "country = '\''RO'\''"`)
    expect(put && curlOf(document, put, 'http://h')).not.toContain('note')
  })
})

describe('schemas', () => {
  it('are trees of lines', () => {
    expect(linesOf(document.components?.schemas?.Save ?? {}).map((l) => [l.name, l.depth, l.required])).toEqual([
      ['text', 0, true],
      ['note', 0, false],
      ['deep', 0, false],
      ['a', 1, false],
    ])
  })
  it('name their types as code does', () => {
    expect(typeOf({ type: 'array', items: { $ref: '#/components/schemas/Save' } })).toEqual({ before: '', ref: 'Save', behind: '[]' })
    expect(typeOf({ type: 'object', additionalProperties: { type: 'integer', format: 'int64' } })).toEqual({ before: '{ [name]: integer', ref: undefined, behind: ' }' })
    expect(typeOf({ type: ['string', 'null'], format: 'date-time' })).toEqual({ before: 'string (date-time) | null', behind: '' })
  })
})
