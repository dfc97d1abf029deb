import { useEffect, useReducer, useRef, useState } from 'react'

import { spoken, type Schemas } from '../api/client'

export type TailEvent = Schemas['TailEvent']

/** Which events one wants to see. */
export interface Wanted {
  status: TailEvent['status'] | ''
  name: string
}

/** How many events are shown: as many as one looks through. */
export const mostShown = 300

/** How often what came in is shown: a busy shop has more events than a page can be drawn. */
const showEvery = 200

interface Shown {
  events: TailEvent[] // the newest first
  missed: number
}

/** Adds what came in, the oldest first, before what is shown. */
export function withNew(shown: Shown, come: TailEvent[]): Shown {
  return {
    events: [...come.slice(-mostShown).reverse(), ...shown.events].slice(0, mostShown),
    missed: shown.missed + come.reduce((sum, e) => sum + (e.missed ?? 0), 0),
  }
}

export type TailState = 'connecting' | 'live' | 'paused' | 'lost'

const address = ({ status, name }: Wanted, after: string | undefined) => {
  let text = spoken('/v1/tail')
  if (status !== '') text += `&status=${status}`
  if (name !== '') text += `&event=${encodeURIComponent(name)}`
  if (after !== undefined) text += `&after=${encodeURIComponent(after)}`
  return text
}

type Connection = 'connecting' | 'live' | 'lost'

interface Tail extends Shown {
  connection: Connection
}

/** What happens to a tail: another one is asked for, events came, the connection changed. */
type Happening = { asked: true } | { come: TailEvent[] } | { connection: Connection }

function next(tail: Tail, h: Happening): Tail {
  if ('asked' in h) return { events: [], missed: 0, connection: 'connecting' }
  if ('come' in h) return { ...tail, ...withNew(tail, h.come) }
  return { ...tail, connection: h.connection }
}

/** Shows events as they come in, the newest first. Whoever goes on after a pause misses none that the server still has. */
export function useTail(wanted: Wanted, paused: boolean) {
  const { status, name } = wanted
  const [tail, happen] = useReducer(next, { events: [], missed: 0, connection: 'connecting' })
  const [attempt, setAttempt] = useState(0)
  // What was asked last, and how far that came.
  const seen = useRef<{ asked: string; last?: string }>({ asked: '' })
  useEffect(() => {
    if (paused) return
    const asked = JSON.stringify([status, name])
    if (seen.current.asked !== asked) {
      seen.current = { asked }
      happen({ asked: true })
    } else happen({ connection: 'connecting' })
    const source = new EventSource(address({ status, name }, seen.current.last))
    let come: TailEvent[] = []
    const show = () => {
      if (come.length > 0) happen({ come })
      come = []
    }
    const timer = setInterval(show, showEvery)
    source.addEventListener('event', (message) => {
      const e = JSON.parse((message as MessageEvent<string>).data) as TailEvent
      seen.current.last = e.id
      come.push(e)
    })
    source.addEventListener('open', () => happen({ connection: 'live' }))
    source.addEventListener('error', () => happen({ connection: source.readyState === EventSource.CLOSED ? 'lost' : 'connecting' }))
    return () => {
      source.close()
      clearInterval(timer)
      show()
    }
  }, [status, name, paused, attempt])
  const state: TailState = paused ? 'paused' : tail.connection
  return { events: tail.events, missed: tail.missed, state, again: () => setAttempt((n) => n + 1) }
}
