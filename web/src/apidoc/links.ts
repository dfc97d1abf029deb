import { createContext } from 'react'

/** Opens a schema, which a link leads to. */
export const Open = createContext<(id: string) => void>(() => undefined)

/** Where a schema stands on the page. */
export const schemaPlace = (name: string) => `schema-${name}`
