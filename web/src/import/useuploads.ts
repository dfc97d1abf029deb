import { useCallback, useEffect, useRef, useState } from 'react'

import { ask, client } from '../api/client'
import { guess, guessBytes } from './guess'
import type { Kind } from './imports'
import { send, type Upload } from './upload'

/** A file that is sent, was sent, or could not be. */
export interface Sending {
  key: number
  name: string
  bytes: number
  share: number
  upload?: Upload
  error?: unknown
}

/** Sends files one after the other, and forgets those that are removed. */
export function useUploads(guessed: (kind: Kind) => void) {
  const [list, setList] = useState<Sending[]>([])
  const work = useRef({ next: 1, last: Promise.resolve(), stop: new Map<number, AbortController>() })
  const change = useCallback((key: number, to: Partial<Sending>) => setList((all) => all.map((s) => (s.key === key ? { ...s, ...to } : s))), [])

  useEffect(() => {
    const { stop } = work.current
    return () => stop.forEach((controller) => controller.abort())
  }, [])

  const add = useCallback(
    (files: readonly File[]) => {
      const w = work.current
      const [first] = files
      if (first && w.stop.size === 0) void first.slice(0, guessBytes).text().then((text) => guessed(guess(first.name, text)))
      for (const file of files) {
        const key = w.next++
        const controller = new AbortController()
        w.stop.set(key, controller)
        setList((all) => [...all, { key, name: file.name, bytes: file.size, share: 0 }])
        w.last = w.last.then(async () => {
          try {
            change(key, { upload: await send(file, (share) => change(key, { share }), controller.signal), share: 1 })
          } catch (error) {
            if (!controller.signal.aborted) change(key, { error })
          }
        })
      }
    },
    [change, guessed],
  )

  const remove = useCallback((sending: Sending) => {
    const w = work.current
    w.stop.get(sending.key)?.abort()
    w.stop.delete(sending.key)
    setList((all) => all.filter((s) => s.key !== sending.key))
    // What is left behind goes after a day.
    if (sending.upload) void ask(client.DELETE('/v1/uploads/{id}', { params: { path: { id: sending.upload.id } } })).catch(() => undefined)
  }, [])

  return { list, add, remove }
}
