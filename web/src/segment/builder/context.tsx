import { createContext, use, useMemo } from 'react'

import type { Finding } from '../../api/client'
import { groupBy } from '../groups'
import type { Catalogue } from '../catalogue'
import type { Segment } from '../segments'
import { set, type Node, type Path } from '../tree'

/** A finding of the check, at its place in the builder's tree. */
export interface Placed {
  path: Path
  finding: Finding
  /** Whether it only warns. */
  warning: boolean
}

export interface Builder {
  catalogue: Catalogue
  /** The segments that one may refer to. */
  segments: Segment[]
  /** Changes the tree. Changes in a row with the same merge are one step of the history. */
  edit: (change: (tree: Node | undefined) => Node | undefined, merge?: string) => void
  /** A name for what is built, as long as it has none of its own. */
  suggest: (name: string) => void
  /** Says something to who cannot see what happened. */
  announce: (text: string) => void
}

export const BuilderContext = createContext<Builder | null>(null)

export function useBuilder(): Builder {
  const b = use(BuilderContext)
  if (b === null) throw new Error('not inside a builder')
  return b
}

/** Returns what sets the value at a place of the tree. */
export function useSet(): (path: Path, value: unknown, merge?: string) => void {
  const { edit } = useBuilder()
  return useMemo(
    () => (path, value, merge) => {
      edit((tree) => (path === '' ? (value as Node | undefined) : tree === undefined ? tree : set(tree, path, value)), merge)
    },
    [edit],
  )
}

// By the place of the row or group that shows them.
export const FindingsContext = createContext<ReadonlyMap<Path, Placed[]>>(new Map())

/** The part of a tree that shows what was found at a place: a question of a group, or a filter. */
export function rowOf(path: Path): Path {
  const found = /^(.*(?:\/parts\/\d+|\/filter))(?:\/|$)/.exec(path)
  return found?.[1] ?? ''
}

/** What was found by the rows that show it. */
export function byRow(findings: Placed[]): Map<Path, Placed[]> {
  return groupBy(findings, (f) => rowOf(f.path))
}

/** What was found in a row. */
export function useFindings(row: Path): Placed[] {
  return use(FindingsContext).get(row) ?? none
}

const none: Placed[] = []

/** Whether something is wrong right at a place. */
export function useWrong(path: Path): boolean {
  const found = use(FindingsContext).get(rowOf(path)) ?? none
  return found.some((f) => !f.warning && f.path === path)
}

/** Whether a tree is only read: its sentences are words, without controls. */
export const ReadingContext = createContext(false)

export function useReading(): boolean {
  return use(ReadingContext)
}

/** Whether a row shows the controls that are seldom needed. */
export const PreciseContext = createContext(false)
