import { useDebouncedValue } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'

import { Problem, type Finding } from '../api/client'
import type { Placed } from './builder/context'
import { useTexts } from './builder/texts'
import { begin, changed, redone, undone, type History } from './undo'
import { checkQuery, findingsOf, hasComments, useCheck, type Checked, type Question } from './question'
import { unfinished } from './comparison'
import { get, same, tidy, type Literal, type Node } from './tree'

/** A finding in a text. */
export interface Pointed extends Finding {
  warning: boolean
}

/** A segment while it is edited, in both of its forms. */
export interface Drafting {
  mode: 'builder' | 'text'
  tree: Node | undefined
  text: string
  /** What the server is asked; undefined where nothing is. */
  question: Question | undefined
  /** What the check said of it. */
  checked: Checked | undefined
  /** Asks the check about it as it is now. */
  ask: () => Promise<Checked>
  /** The canonical text to count; undefined if there is none. */
  shownText: string | undefined
  pending: boolean
  why: 'empty' | 'errors' | 'checking'
  findings: Pointed[]
  placed: Placed[]
  changed: boolean
  edit: (change: (tree: Node | undefined) => Node | undefined, merge?: string) => void
  write: (text: string) => void
  canUndo: boolean
  canRedo: boolean
  undo: () => void
  redo: () => void
  clear: () => void
  tidyText: () => void
  toText: () => Promise<void>
  toBuilder: () => Promise<void>
  /** Whether comments would be lost by what was asked for. */
  losing: boolean
  drop: () => void
  keep: () => void
  /** A text with errors that is not what the builder shows. */
  kept: string | undefined
  bringBack: () => void
  forget: () => void
  /** Whether the builder has something that no text says yet. */
  unwritten: boolean
}

const settle = 300

function isLiteral(x: unknown): x is Literal {
  return typeof x === 'object' && x !== null && 'kind' in x && ['number', 'text', 'date', 'ago'].includes(String(x.kind))
}

/** The history with what a text says, if that is another tree. */
function reading(h: History, read: Node): History {
  return h.tree !== undefined && same(tidy(h.tree).tree, read) ? h : changed(h, read, 'text')
}

export function useDraft(firstText: string, firstTree: Node | undefined): Drafting {
  const t = useTexts()
  const queries = useQueryClient()
  const [history, setHistory] = useState<History>(() => begin(firstTree))
  const [mode, setMode] = useState<'builder' | 'text'>(firstTree === undefined && firstText.trim() !== '' ? 'text' : 'builder')
  const [text, setText] = useState(firstText)
  // The text as the builder's tree was last written; undefined where no tree was.
  const [opened, setOpened] = useState<string>()
  const [kept, setKept] = useState<string>()
  const [unwritten, setUnwritten] = useState(false)
  const [losing, setLosing] = useState<'builder' | 'tidy'>()

  const { tree } = history
  const sent = useMemo(() => (tree === undefined ? undefined : tidy(tree)), [tree])
  const now = useMemo(() => {
    if (mode === 'text') return text.trim() === '' ? undefined : { question: { text }, back: undefined }
    return sent && { question: { tree: sent.tree }, back: sent.back }
  }, [mode, text, sent])
  const [asked] = useDebouncedValue(now, settle)
  const check = useCheck(asked?.question)
  const pending = now !== asked || check.isFetching

  // What a text says is what the builder has, as soon as it says something.
  const checked = now === undefined ? undefined : check.data
  const [read, setRead] = useState<Checked>()
  if (mode === 'text' && checked !== undefined && now === asked && checked !== read) {
    setRead(checked)
    setHistory((h) => reading(h, checked.tree))
  }

  const fresh = useMemo((): { pointed: Pointed[]; placed: Placed[] } | undefined => {
    if (asked === undefined) return { pointed: [], placed: [] }
    if (check.data === undefined && check.error === null) return undefined
    const errors = findingsOf(check.error)
    const pointed = [...errors.map((f) => ({ ...f, warning: false })), ...(check.data?.warnings ?? []).map((f) => ({ ...f, warning: true }))]
    const { back, question } = asked
    if (back === undefined || !('tree' in question)) return { pointed, placed: [] }
    const placed = pointed.map((f): Placed => {
      const path = f.path ?? ''
      const at = get(question.tree, path)
      const blank = at === null || at === '' || (isLiteral(at) && unfinished(at))
      return { path: back(path), warning: f.warning && !blank, finding: blank ? { ...f, message: t('found.fill_in') } : f }
    })
    return { pointed, placed }
  }, [asked, check.data, check.error, t])
  // While one types, what was found before stays where it is.
  const [found, setFound] = useState(fresh)
  if (fresh !== undefined && fresh !== found) setFound(fresh)

  const edit = useCallback((change: (tree: Node | undefined) => Node | undefined, merge?: string) => {
    setHistory((h) => changed(h, change(h.tree), merge))
  }, [])

  const ask = useCallback(async () => {
    if (now === undefined) throw new Error('there is nothing to ask')
    return queries.query(checkQuery(now.question))
  }, [now, queries])

  const showText = (written: string) => {
    setText(written)
    setOpened(written)
    setMode('text')
  }

  const toText = async () => {
    setUnwritten(false)
    if (tree === undefined) {
      showText('')
      return
    }
    try {
      const { canonical } = await ask()
      showText(canonical)
    } catch (error) {
      // What cannot be written whole is shown as far as it can.
      const written = error instanceof Problem ? error.text : ''
      setUnwritten(written === '')
      showText(written === '' ? (lastGood ?? '') : written)
    }
  }

  const openBuilder = async () => {
    setLosing(undefined)
    setUnwritten(false)
    if (text === opened) {
      // Nothing was written: the builder goes on with what it has, finished or not.
    } else if (text.trim() === '') {
      setHistory((h) => changed(h, undefined))
    } else {
      try {
        const { tree: read } = await queries.query(checkQuery({ text }))
        setHistory((h) => reading(h, read))
        setKept(undefined)
      } catch {
        setKept(text)
      }
    }
    setMode('builder')
  }

  const tidied = () => {
    setLosing(undefined)
    if (checked !== undefined) setText(checked.canonical)
  }

  const good = checked?.canonical
  const [lastGood, setLastGood] = useState(good)
  if (good !== undefined && good !== lastGood) setLastGood(good)
  const failing = check.error !== null && !check.isFetching
  const empty = now === undefined

  return {
    mode,
    tree,
    text,
    question: now?.question,
    checked,
    ask,
    shownText: empty || failing ? undefined : (good ?? lastGood),
    pending,
    why: empty ? 'empty' : failing ? 'errors' : 'checking',
    findings: found?.pointed ?? [],
    placed: found?.placed ?? [],
    changed: !same(tree === undefined ? undefined : sent?.tree, firstTree) || (mode === 'text' && text !== (opened ?? firstText)) || kept !== undefined,
    edit,
    write: setText,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    undo: () => setHistory(undone),
    redo: () => setHistory(redone),
    clear: () => edit(() => undefined),
    tidyText: () => (hasComments(text) ? setLosing('tidy') : tidied()),
    toText,
    toBuilder: async () => {
      if (hasComments(text)) setLosing('builder')
      else await openBuilder()
    },
    losing: losing !== undefined,
    drop: () => (losing === 'tidy' ? tidied() : void openBuilder()),
    keep: () => setLosing(undefined),
    kept,
    bringBack: () => {
      if (kept === undefined) return
      setText(kept)
      setMode('text')
      setKept(undefined)
    },
    forget: () => setKept(undefined),
    unwritten,
  }
}
