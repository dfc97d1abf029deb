import createClient from 'openapi-fetch'

import { language } from '../locale/locale'
import type { paths, components } from './schema'

/** The types of Kith's OpenAPI document, by their names there. */
export type Schemas = components['schemas']

/** Asks this page's own server. */
export const client = createClient<paths>({ baseUrl: window.location.origin })

// What the server says is in the language that is shown.
client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', language())
    return request
  },
})

/** An address that the browser asks by itself, in the language that is shown. */
export function spoken(address: string): string {
  return `${address}?language=${language()}`
}

/** A place in a text of the segment language, with what is wrong there. */
export type Finding = Schemas['Finding']

/** An error as the server tells it (RFC 9457). */
export class Problem extends Error {
  status: number
  code: string
  /** What is wrong with a segment's text. */
  findings: Finding[]
  /** The text that the findings point into, where a tree was sent. */
  text: string
  /** What is wrong with single fields of what was sent, by their paths. */
  fields: Map<string, string>

  constructor(status: number, body: unknown) {
    const p = (typeof body === 'object' && body !== null ? body : {}) as {
      detail?: string
      code?: string
      problems?: Finding[]
      text?: string
      errors?: { location?: string; message?: string }[]
    }
    super(p.detail ?? `HTTP ${status}`)
    this.name = 'Problem'
    this.status = status
    this.code = p.code ?? ''
    this.findings = p.problems ?? []
    this.text = p.text ?? ''
    this.fields = new Map((p.errors ?? []).map((e) => [(e.location ?? '').replace(/^body\./, ''), e.message ?? '']))
  }
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Returns what a request was answered with, or throws its Problem. */
export async function ask<T>(request: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await request
  if (!response.ok) throw new Problem(response.status, error)
  return data as T
}
