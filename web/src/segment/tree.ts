/**
 * A segment as the server's JSON form of its tree (internal/segql, ToJSON):
 * what the builder edits, and nothing beside it. Edits are pure: they return
 * a new tree that shares what did not change. Places are JSON pointers.
 *
 * While one builds, a tree may be unfinished in two ways: a group of "and" or
 * "or" may have a single part (tidy takes it out before the tree is sent), and
 * a number may be null, which the server points at.
 */

export const durationUnits = ['minutes', 'hours', 'days', 'weeks', 'months', 'years'] as const
export type DurationUnit = (typeof durationUnits)[number]
export interface Duration {
  n: number | null
  unit: DurationUnit
}

/** Facts of one kind that fit a filter: built-in ones, or a tracked event. */
export type Facts = { fact: string; filter?: Node } | { event: string; filter?: Node }

export const compareOps = ['=', '!=', '<', '<=', '>', '>='] as const
export type CompareOp = (typeof compareOps)[number]
export const matchKinds = ['contains', 'starts_with', 'ends_with', 'matches'] as const
export type MatchKind = (typeof matchKinds)[number]
export const arithmeticOps = ['+', '-', '*', '/'] as const
export type ArithmeticOp = (typeof arithmeticOps)[number]
export const aggregateKinds = ['count', 'days', 'sum', 'avg', 'min', 'max', 'distinct', 'first', 'last'] as const
export type AggregateKind = (typeof aggregateKinds)[number]
export const calendarKinds = [
  'today', 'yesterday', 'this_week', 'previous_week', 'this_month', 'previous_month',
  'this_quarter', 'previous_quarter', 'this_year', 'previous_year',
] as const
export type CalendarKind = (typeof calendarKinds)[number]

export type Window =
  | { kind: 'in_last' | 'before_ago'; duration: Duration }
  | { kind: 'between_ago'; from: Duration; to: Duration }
  | { kind: 'since_date' | 'before_date'; date: string }
  | { kind: 'between_dates'; from: string; to: string }
  | { kind: 'since_first' | 'since_last'; facts: Facts }
  | { kind: CalendarKind }

export interface FieldTerm { kind: 'field'; name: string }
export interface Arithmetic { kind: 'arithmetic'; op: ArithmeticOp; left: Term; right: Term }
export interface Aggregate { kind: AggregateKind; facts: Facts; field?: string; window?: Window }
export interface Percentile { kind: 'percentile'; x: Term }
export type Literal =
  | { kind: 'number'; value: number | null }
  | { kind: 'text'; value: string }
  | { kind: 'bool'; value: boolean }
  | { kind: 'date'; value: string }
  | { kind: 'ago'; duration: Duration }
export type Term = FieldTerm | Literal | Arithmetic | Aggregate | Percentile

export interface Joined { kind: 'and' | 'or'; parts: Node[] }
export interface AtLeast { kind: 'at_least'; n: number | null; parts: Node[] }
export interface Not { kind: 'not'; x: Node }
export interface Has { kind: 'has' | 'no'; facts: Facts; window?: Window }
export interface Step { no: boolean; facts: Facts; within: Duration }
export interface Sequence { kind: 'sequence'; first: Facts; steps: Step[]; window?: Window }
export interface InSegment { kind: 'in_segment'; segment: string }
export interface Moved { kind: 'entered' | 'left'; segment: string; window: Window }
export interface Percent { kind: 'percent'; n: number | null; seed?: string }
export interface Everyone { kind: 'everyone' }
export interface Compare { kind: 'compare'; op: CompareOp; left: Term; right: Term }
export interface Between { kind: 'between'; x: Term; low: Term; high: Term }
export interface In { kind: 'in' | 'not_in'; x: Term; list: Term[] }
export interface Match { kind: MatchKind; x: Term; text: string }
export interface Missing { kind: 'is_missing' | 'is_not_missing'; x: Term }
export interface Anniversary { kind: 'anniversary_today' | 'anniversary_in_last' | 'anniversary_in_next'; x: Term; days?: number | null }

/** A question that a filter may ask too. */
export type Comparison = Compare | Between | In | Match | Missing | Anniversary
export type Node = Joined | AtLeast | Not | Has | Sequence | InSegment | Moved | Percent | Everyone | Comparison

/** A place in a tree: a JSON pointer (RFC 6901); "" is the whole tree. */
export type Path = string

export function isComparison(n: Node): n is Comparison {
  switch (n.kind) {
    case 'compare':
    case 'between':
    case 'in':
    case 'not_in':
    case 'is_missing':
    case 'is_not_missing':
      return true
    default:
      return isMatch(n) || n.kind.startsWith('anniversary_')
  }
}

export function isMatch(n: Node): n is Match {
  return (matchKinds as readonly string[]).includes(n.kind)
}

export function isAggregate(t: Term): t is Aggregate {
  return (aggregateKinds as readonly string[]).includes(t.kind)
}

/** The name of facts as the text has it. */
export function factsName(f: Facts): string {
  return 'fact' in f ? f.fact : f.event
}

// Parts of lists keep their identity through edits, so that what is open or
// focused in one stays with it when it moves.
const keys = new WeakMap<object, string>()
let made = 0

export function keyOf(part: object): string {
  let key = keys.get(part)
  if (key === undefined) keys.set(part, (key = `k${++made}`))
  return key
}

function carry(from: unknown, to: unknown) {
  if (typeof from !== 'object' || from === null || typeof to !== 'object' || to === null || keys.has(to)) return
  keys.set(to, keyOf(from))
}

type Container = Record<string, unknown> | unknown[]

function isContainer(x: unknown): x is Container {
  return typeof x === 'object' && x !== null
}

function child(x: Container, name: string): unknown {
  return Array.isArray(x) ? x[Number(name)] : x[name]
}

const names = (path: Path) => path.split('/').slice(1)

/** What is at a place; undefined if nothing is. */
export function get(tree: unknown, path: Path): unknown {
  let x = tree
  for (const name of names(path)) {
    if (!isContainer(x)) return undefined
    x = child(x, name)
  }
  return x
}

/** The tree with something else at a place; undefined takes a field away. */
export function set<T>(tree: T, path: Path, value: unknown): T {
  return setAt(tree, names(path), value) as T
}

function setAt(x: unknown, way: string[], value: unknown): unknown {
  const [name, ...rest] = way
  if (name === undefined) {
    carry(x, value)
    return value
  }
  if (!isContainer(x)) return x
  const next = setAt(child(x, name), rest, value)
  let copy: Container
  if (Array.isArray(x)) {
    copy = x.with(Number(name), next)
  } else if (next === undefined) {
    copy = Object.fromEntries(Object.entries(x).filter(([key]) => key !== name))
  } else {
    copy = { ...x, [name]: next }
  }
  carry(x, copy)
  return copy
}

/** How many parts of a group must hold. */
export type Mode = 'all' | 'any' | 'at_least' | 'none' | 'not_all' | 'fewer'
export const modes: readonly Mode[] = ['all', 'any', 'at_least', 'none', 'not_all', 'fewer']

/** A question seen as a group; what is none is a group of itself. */
export interface Group {
  mode: Mode
  /** Of at_least and fewer. */
  n: number | null
  parts: Node[]
  /** Where the part with an index is, seen from the question. */
  at: (index: number) => Path
  /** Whether it is no group of its own but a single question. */
  single: boolean
}

function isPlainGroup(n: Node): n is Joined | AtLeast {
  return n.kind === 'and' || n.kind === 'or' || n.kind === 'at_least'
}

/** Whether a question is shown as a group. */
export function isGroup(n: Node): boolean {
  return isPlainGroup(n) || (n.kind === 'not' && isPlainGroup(n.x))
}

const plainModes = { and: 'all', or: 'any', at_least: 'at_least' } as const
const negated = { all: 'not_all', any: 'none', at_least: 'fewer' } as const

export function groupOf(n: Node): Group {
  if (isPlainGroup(n)) {
    return { mode: plainModes[n.kind], n: n.kind === 'at_least' ? n.n : 1, parts: n.parts, at: (i) => `/parts/${i}`, single: false }
  }
  if (n.kind === 'not' && isPlainGroup(n.x)) {
    const inner = groupOf(n.x)
    return { ...inner, mode: negated[plainModes[n.x.kind]], at: (i) => `/x/parts/${i}` }
  }
  return { mode: 'all', n: 1, parts: [n], at: () => '', single: true }
}

/** A question of parts of which so many must hold. */
export function makeGroup(mode: Mode, parts: Node[], n: number | null = 1): Node {
  switch (mode) {
    case 'all':
      return { kind: 'and', parts }
    case 'any':
      return { kind: 'or', parts }
    case 'at_least':
      return { kind: 'at_least', n, parts }
    case 'not_all':
      return { kind: 'not', x: { kind: 'and', parts } }
    case 'none':
      return { kind: 'not', x: { kind: 'or', parts } }
    case 'fewer':
      return { kind: 'not', x: { kind: 'at_least', n, parts } }
  }
}

/** The same group with another mode. */
export function withMode(n: Node, mode: Mode): Node {
  const group = groupOf(n)
  const counted = mode === 'at_least' || mode === 'fewer'
  const was = group.mode === 'at_least' || group.mode === 'fewer'
  return makeGroup(mode, group.parts, counted && !was ? Math.min(2, group.parts.length) : group.n)
}

function withParts(n: Node, parts: Node[]): Node | undefined {
  if (parts.length === 0) return undefined
  const group = groupOf(n)
  if (!group.single) return makeGroup(group.mode, parts, group.n)
  return parts.length === 1 ? parts[0] : makeGroup('all', parts)
}

/** The tree with one more part at the end of the group at a place (or of a new group, where a single question is). */
export function append(tree: Node | undefined, path: Path, part: Node): Node {
  const at = tree === undefined ? undefined : (get(tree, path) as Node | undefined)
  if (tree === undefined || (at === undefined && path === '')) return part
  return set(tree, path, at === undefined ? part : withParts(at, [...groupOf(at).parts, part]))
}

/** A part's group and its index in it; the whole tree and filters are groups of their own. */
export function placeOf(path: Path): { group: Path; index: number } {
  const found = /^(.*?)(?:\/x)?\/parts\/(\d+)$/.exec(path)
  if (found === null) return { group: path, index: 0 }
  return { group: found[1] ?? '', index: Number(found[2]) }
}

// "not" of something that is no group stands between a group and its part.
function groupPath(tree: Node, path: Path): { group: Path; index: number } {
  const { group, index } = placeOf(path)
  if (path.endsWith(`/x/parts/${index}`) && !isGroup(get(tree, group) as Node)) return { group: group + '/x', index }
  return { group, index }
}

/**
 * The tree without the part at a place; a group that was left empty goes too,
 * and undefined is left of a tree that had nothing else.
 */
export function remove(tree: Node, path: Path): Node | undefined {
  if (path === '') return undefined
  if (path.endsWith('/filter')) return set(tree, path, undefined)
  if (path.endsWith('/x')) return remove(tree, path.slice(0, -2))
  const { group, index } = groupPath(tree, path)
  const n = get(tree, group) as Node
  const left = withParts(n, groupOf(n).parts.filter((_, i) => i !== index))
  return left === undefined ? remove(tree, group) : set(tree, group, left)
}

/** The tree with a copy of the part behind it. */
export function duplicate(tree: Node, path: Path): Node {
  const { group, index } = groupPath(tree, path)
  const n = get(tree, group) as Node
  const parts = groupOf(n).parts
  const part = parts[index]
  if (part === undefined) return tree
  return set(tree, group, withParts(n, parts.toSpliced(index + 1, 0, structuredClone(part))))
}

/** A place between the parts of a group: before the part with an index, or behind the last. */
export interface Gap {
  group: Path
  index: number
}

/** The tree with a part taken to another place; a group that it was the last of goes. A part does not go into itself. */
export function relocate(tree: Node, path: Path, to: Gap): Node {
  if (to.group === path || to.group.startsWith(path + '/')) return tree
  const n = get(tree, to.group) as Node
  const group = groupOf(n)
  const there = set(tree, to.group, withParts(n, group.parts.toSpliced(to.index, 0, get(tree, path) as Node)))
  // Where it came from stands one further on if it is behind its new place.
  const parts = to.group + group.at(0).slice(0, -1)
  const [index, ...rest] = path.startsWith(parts) ? path.slice(parts.length).split('/') : []
  const left = index !== undefined && Number(index) >= to.index ? [parts + String(Number(index) + 1), ...rest].join('/') : path
  return remove(there, left) ?? tree
}

/** Whether a path is of a part of a group. */
export const isPart = (path: Path) => /\/parts\/\d+$/.test(path)

/**
 * The tree with a part one line up or down, as one reads it: at the end of its
 * group it leaves the group, and where a group is next to a single question,
 * that goes into it.
 */
export function move(tree: Node, path: Path, by: 1 | -1): Node {
  if (!isPart(path)) return tree
  const { group, index } = groupPath(tree, path)
  const { parts, at } = groupOf(get(tree, group) as Node)
  const [part, next] = [parts[index], parts[index + by]]
  if (part === undefined) return tree
  if (next === undefined) {
    if (!isPart(group)) return tree
    const outer = groupPath(tree, group)
    return relocate(tree, path, { group: outer.group, index: outer.index + (by === 1 ? 1 : 0) })
  }
  if (isGroup(next) && !isGroup(part)) return relocate(tree, path, { group: group + at(index + by), index: by === 1 ? 0 : groupOf(next).parts.length })
  return relocate(tree, path, { group, index: by === 1 ? index + 2 : index - 1 })
}

/** The tree with the part in a group of its own. */
export function wrap(tree: Node, path: Path, mode: Mode = 'any'): Node {
  const n = get(tree, path) as Node
  const inside = structuredClone(n)
  return set(tree, path, makeGroup(mode, [inside]))
}

/** The tree with the parts of the group at a place where the group was; only an unnegated group can be taken apart. */
export function unwrap(tree: Node, path: Path): Node {
  const inner = groupOf(get(tree, path) as Node)
  const { group, index } = groupPath(tree, path)
  if (group === path) return tree
  const n = get(tree, group) as Node
  return set(tree, group, withParts(n, groupOf(n).parts.toSpliced(index, 1, ...inner.parts)))
}

/** The tree with the opposite at a place. */
export function negate(tree: Node, path: Path): Node {
  return set(tree, path, opposite(get(tree, path) as Node))
}

function opposite(n: Node): Node {
  switch (n.kind) {
    case 'not':
      return n.x
    case 'has':
      return { ...n, kind: 'no' }
    case 'no':
      return { ...n, kind: 'has' }
    case 'is_missing':
      return { ...n, kind: 'is_not_missing' }
    case 'is_not_missing':
      return { ...n, kind: 'is_missing' }
    default:
      return { kind: 'not', x: n }
  }
}

/** The facts that a question looks at, in their order, with their places; not those of its parts. */
export function factsIn(x: Node | Term | Window, path: Path = ''): { facts: Facts; path: Path }[] {
  const found: { facts: Facts; path: Path }[] = []
  const look = (value: unknown, at: Path) => {
    if (!isContainer(value)) return
    if (!Array.isArray(value) && ('fact' in value || 'event' in value)) {
      found.push({ facts: value as Facts, path: at })
      return
    }
    for (const [name, inside] of Object.entries(value)) {
      if (name !== 'parts') look(inside, `${at}/${name}`)
    }
  }
  look(x, path)
  return found
}

/** A tree as it is sent: groups of one part are that part. */
export interface Tidied {
  tree: Node
  /** The place in the builder's tree of a place in this one. */
  back: (path: Path) => Path
}

export function tidy(tree: Node): Tidied {
  const places = new Map<Path, Path>()
  const walk = (x: unknown, from: Path, to: Path): unknown => {
    if (!isContainer(x)) return x
    if (!Array.isArray(x) && (x.kind === 'and' || x.kind === 'or') && Array.isArray(x.parts) && x.parts.length === 1) {
      return walk(x.parts[0], `${from}/parts/0`, to)
    }
    places.set(to, from)
    if (Array.isArray(x)) return x.map((inside, i) => walk(inside, `${from}/${i}`, `${to}/${i}`))
    return Object.fromEntries(Object.entries(x).map(([name, inside]) => [name, walk(inside, `${from}/${name}`, `${to}/${name}`)]))
  }
  const sent = walk(tree, '', '') as Node
  const back = (path: Path) => {
    for (let to = path; ; to = to.slice(0, to.lastIndexOf('/'))) {
      const from = places.get(to)
      if (from !== undefined) return from + path.slice(to.length)
      if (to === '') return path
    }
  }
  return { tree: sent, back }
}

/** Whether two trees ask the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const [x, y] = [Object.entries(a), Object.entries(b)]
  return x.length === y.length && x.every(([name, inside]) => name in b && same(inside, child(b, name)))
}
