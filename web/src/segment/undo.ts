import { same, type Node } from './tree'

/** A tree with what it was, and what it was before it was undone. */
export interface History {
  past: (Node | undefined)[]
  tree: Node | undefined
  future: (Node | undefined)[]
  /** What the last change was of: a change of the same goes into the same step. */
  merge?: string
}

const kept = 200

export function begin(tree: Node | undefined): History {
  return { past: [], tree, future: [] }
}

/** The history with one more change. */
export function changed(h: History, tree: Node | undefined, merge?: string): History {
  if (tree === h.tree || same(tree, h.tree)) return h
  if (merge !== undefined && merge === h.merge) return { ...h, tree, future: [] }
  return { past: [...h.past, h.tree].slice(-kept), tree, future: [], merge }
}

export function undone(h: History): History {
  if (h.past.length === 0) return h
  return { past: h.past.slice(0, -1), tree: h.past.at(-1), future: [h.tree, ...h.future] }
}

export function redone(h: History): History {
  if (h.future.length === 0) return h
  return { past: [...h.past, h.tree], tree: h.future[0], future: h.future.slice(1) }
}
