import { kinds, type Kind } from './imports'

/** What the address of the guided import says: a reload goes on where one was. */
export interface GuideSearch {
  kind?: Kind
  uploads?: string[]
}

/** Reads the address of the guided import, which may come from anywhere. */
export function guideSearch(search: Record<string, unknown>): GuideSearch {
  const kind = kinds.find((k) => k === search.kind)
  const uploads = Array.isArray(search.uploads) ? search.uploads.filter((id): id is string => typeof id === 'string' && /^up_\w+$/.test(id)) : []
  return { ...(kind ? { kind } : {}), ...(uploads.length > 0 ? { uploads } : {}) }
}
