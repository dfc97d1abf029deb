import { describe, expect, test, vi } from 'vitest'

import { RandomTrees } from './random'
import { append, duplicate, factsIn, get, groupOf, isGroup, keyOf, modes, move, negate, placeOf, relocate, remove, same, set, tidy, unwrap, withMode, wrap, type Node } from './tree'

// Every edit of every part of many trees takes long on a machine that does much else.
vi.setConfig({ testTimeout: 60_000 })

const order: Node = { kind: 'has', facts: { fact: 'order' } }
const visit: Node = { kind: 'no', facts: { fact: 'visit' }, window: { kind: 'today' } }
const young: Node = { kind: 'compare', op: '<', left: { kind: 'field', name: 'age' }, right: { kind: 'number', value: 30 } }
const and = (...parts: Node[]): Node => ({ kind: 'and', parts })
const or = (...parts: Node[]): Node => ({ kind: 'or', parts })
const not = (x: Node): Node => ({ kind: 'not', x })

const trees = Array.from({ length: 200 }, (_, seed) => new RandomTrees(seed).node(4))

/** Every place of a tree where something is. */
function paths(x: unknown, at = ''): string[] {
  if (typeof x !== 'object' || x === null) return [at]
  return [at, ...Object.entries(x).flatMap(([name, inside]) => paths(inside, `${at}/${name}`))]
}

const parts = (tree: Node) => paths(tree).filter((p) => /\/parts\/\d+$/.test(p))

describe('any tree', () => {
  test('the generator makes every kind', () => {
    const kinds = new Set(trees.flatMap((t) => paths(t).filter((p) => p.endsWith('/kind')).map((p) => get(t, p))))
    expect([...kinds].sort()).toHaveLength(60)
  })

  test('what is set to itself is the same tree', () => {
    for (const tree of trees) {
      for (const path of paths(tree)) {
        expect(set(tree, path, get(tree, path)), path).toEqual(tree)
      }
    }
  })

  test('what is sent is the tree', () => {
    for (const tree of trees) {
      const sent = tidy(tree)
      expect(sent.tree).toEqual(tree)
      for (const path of paths(tree)) expect(sent.back(path)).toBe(path)
    }
  })

  test('edits that are undone by another edit give the same tree', () => {
    for (const tree of trees) {
      for (const path of parts(tree)) {
        const { index } = placeOf(path)
        const copy = path.replace(/\d+$/, String(index + 1))
        expect(remove(duplicate(tree, path), copy), `duplicate ${path}`).toEqual(tree)
        expect(tidy(wrap(tree, path)).tree, `wrap ${path}`).toEqual(tree)
        const part = get(tree, path) as Node
        const alone = groupOf(get(tree, placeOf(path).group) as Node).parts.length === 1
        const moved = move(tree, path, 1)
        const there = parts(moved).find((p) => get(moved, p) === part) ?? ''
        if (moved !== tree && !alone && !isGroup(part)) expect(move(moved, there, -1), `move ${path}`).toEqual(tree)
        if (part.kind !== 'not') expect(negate(negate(tree, path), path), `negate ${path}`).toEqual(tree)
      }
    }
  })

  test('a part taken anywhere is there, and all others are where they were to each other', () => {
    const leaves = (tree: Node, but: unknown) => parts(tree).map((p) => get(tree, p) as Node).filter((n) => n !== but && parts(n).length === 0)
    for (const tree of trees.slice(0, 40)) {
      const from = parts(tree).filter((p) => !p.includes('filter'))
      for (const path of from) {
        for (const place of from) {
          const part = get(tree, path) as Node
          if (parts(part).length > 0) continue
          const to = relocate(tree, path, placeOf(place))
          expect(parts(to).filter((p) => get(to, p) === part), `${path} to ${place}`).toHaveLength(1)
          expect(leaves(to, part), `${path} to ${place}`).toEqual(leaves(tree, part))
        }
      }
    }
  })

  test('a group may take every mode and come back', () => {
    for (const tree of trees) {
      const group = groupOf(tree)
      if (!isGroup(tree) || group.mode === 'at_least' || group.mode === 'fewer') continue
      for (const mode of modes) expect(withMode(withMode(tree, mode), group.mode)).toEqual(tree)
    }
  })

  test('nothing is left when every part is taken away', () => {
    for (const tree of trees) {
      let left: Node | undefined = tree
      for (let path = parts(left)[0]; left !== undefined && path !== undefined; path = left && parts(left)[0]) left = remove(left, path)
      if (left !== undefined && parts(tree).length > 0 && isGroup(tree)) expect.fail('something is left')
    }
  })

  test('a tree is not changed by edits of it', () => {
    for (const tree of trees) {
      const before = structuredClone(tree)
      for (const path of parts(tree)) {
        remove(tree, path)
        duplicate(tree, path)
        move(tree, path, -1)
        wrap(tree, path)
      }
      expect(tree).toEqual(before)
    }
  })
})

describe('edits', () => {
  test('append makes a group where a single question is', () => {
    expect(append(undefined, '', order)).toEqual(order)
    expect(append(order, '', young)).toEqual(and(order, young))
    expect(append(or(order, visit), '', young)).toEqual(or(order, visit, young))
    expect(append(not(or(order, visit)), '', young)).toEqual(not(or(order, visit, young)))
    expect(append(not(order), '', young)).toEqual(and(not(order), young))
    expect(append(and(order, or(visit, order)), '/parts/1', young)).toEqual(and(order, or(visit, order, young)))
  })

  test('append to a filter', () => {
    const once = append(order, '/facts/filter', young)
    expect(once).toEqual({ kind: 'has', facts: { fact: 'order', filter: young } })
    expect(append(once, '/facts/filter', young)).toEqual({ kind: 'has', facts: { fact: 'order', filter: and(young, young) } })
  })

  test('remove takes empty groups with it', () => {
    expect(remove(order, '')).toBeUndefined()
    expect(remove(and(order, or(visit)), '/parts/1/parts/0')).toEqual(and(order))
    expect(remove(not(or(order)), '/x/parts/0')).toBeUndefined()
    expect(remove(and(not(order), visit), '/parts/0/x')).toEqual(and(visit))
    expect(remove({ kind: 'has', facts: { fact: 'order', filter: young } }, '/facts/filter')).toEqual(order)
    const filtered: Node = { kind: 'has', facts: { fact: 'order', filter: and(young) } }
    expect(remove(filtered, '/facts/filter/parts/0')).toEqual(order)
  })

  test('a group in a not that is no group of it', () => {
    const tree = not(not(and(order, visit)))
    expect(remove(tree, '/x/x/parts/0')).toEqual(not(not(and(visit))))
  })

  test('move stops at the ends', () => {
    const tree = and(order, visit)
    expect(move(tree, '/parts/0', -1)).toBe(tree)
    expect(move(tree, '/parts/0', 1)).toEqual(and(visit, order))
    expect(move(order, '', 1)).toBe(order)
    expect(move(not(not(tree)), '/x/x/parts/1', 1)).toEqual(not(not(tree)))
  })

  test('move goes into a group, through it and out of it', () => {
    const tree = and(order, or(visit, young))
    const inside = move(tree, '/parts/0', 1)
    expect(inside).toEqual(and(or(order, visit, young)))
    const last = move(move(inside, '/parts/0/parts/0', 1), '/parts/0/parts/1', 1)
    expect(last).toEqual(and(or(visit, young, order)))
    expect(move(last, '/parts/0/parts/2', 1)).toEqual(and(or(visit, young), order))
    expect(move(and(order, not(or(visit))), '/parts/0', 1)).toEqual(and(not(or(order, visit))))
  })

  test('groups move past each other, and one that is left empty goes', () => {
    expect(move(and(or(order, visit), or(young)), '/parts/0', 1)).toEqual(and(or(young), or(order, visit)))
    expect(move(and(order, or(visit)), '/parts/1/parts/0', -1)).toEqual(and(order, visit))
  })

  test('relocate does not put a part into itself', () => {
    const tree = and(or(order, visit), young)
    expect(relocate(tree, '/parts/0', { group: '/parts/0', index: 0 })).toBe(tree)
    expect(relocate(tree, '/parts/1', { group: '/parts/0', index: 1 })).toEqual(and(or(order, young, visit)))
    expect(relocate(tree, '/parts/0/parts/1', { group: '', index: 0 })).toEqual(and(visit, or(order), young))
  })

  test('unwrap puts the parts where the group was', () => {
    expect(unwrap(and(order, or(visit, young), order), '/parts/1')).toEqual(and(order, visit, young, order))
    expect(unwrap(or(visit, young), '')).toEqual(or(visit, young))
  })

  test('parts keep their identity', () => {
    const tree = and(order, young) as { kind: 'and'; parts: Node[] }
    const key = keyOf(tree.parts[1] as Node)
    const edited = set(tree, '/parts/1/op', '>')
    const moved = move(edited, '/parts/1', -1) as typeof tree
    expect(keyOf(moved.parts[0] as Node)).toBe(key)
    const doubled = duplicate(moved, '/parts/0') as typeof tree
    expect(keyOf(doubled.parts[1] as Node)).not.toBe(key)
  })

  test('places of what is sent lead back', () => {
    const { tree, back } = tidy(and(or(and(order, young))))
    expect(tree).toEqual(and(order, young))
    expect(back('/parts/1/right')).toBe('/parts/0/parts/0/parts/1/right')
    expect(back('/parts/1/right/value')).toBe('/parts/0/parts/0/parts/1/right/value')
    expect(back('')).toBe('/parts/0/parts/0')
  })

  test('facts of a question, in order', () => {
    const count = (fact: string): Node => ({
      kind: 'compare', op: '>', left: { kind: 'arithmetic', op: '-', left: { kind: 'count', facts: { fact } }, right: { kind: 'count', facts: { event: 'x', filter: young } } },
      right: { kind: 'number', value: 1 },
    })
    expect(factsIn(count('item')).map((f) => f.path)).toEqual(['/left/left/facts', '/left/right/facts'])
    expect(factsIn(and(order))).toEqual([])
  })

  test('same', () => {
    expect(same(order, structuredClone(order))).toBe(true)
    expect(same(order, visit)).toBe(false)
    expect(same({ a: undefined }, {})).toBe(false)
  })
})
