/** What a piece of a text is, for its colour and for what may follow. */
export type TokenKind = 'comment' | 'text' | 'broken' | 'date' | 'number' | 'word' | 'sign'

export interface Token {
  kind: TokenKind
  from: number
  to: number
  text: string
}

const forms: [TokenKind, RegExp][] = [
  ['comment', /#[^\n]*/y],
  ['text', /"(?:[^"\\\n]|\\.)*"/y],
  ['broken', /"[^\n]*/y],
  ['date', /\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}_])/uy],
  ['number', /\d+(?:\.\d+)?/y],
  ['word', /[\p{L}_][\p{L}\p{N}\p{M}_]*(?:\.[\p{L}\p{N}\p{M}_]+)*\.?/uy],
  ['sign', /<=|>=|!=|[=<>()[\],.+\-*/]/y],
]

/** Reads the piece of a text that begins at a place; null where there is none. */
export function tokenAt(text: string, at: number): Token | null {
  for (const [kind, form] of forms) {
    form.lastIndex = at
    const found = form.exec(text)
    if (found !== null) return { kind, from: at, to: at + found[0].length, text: found[0] }
  }
  return null
}

/** The pieces of a text. What belongs to none is left out. */
export function tokensOf(text: string): Token[] {
  const all: Token[] = []
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at)
    if (token === null) at++
    else {
      all.push(token)
      at = token.to
    }
  }
  return all
}

/** The words of the grammar; where a word stands decides whether it is one. */
export const keywords: ReadonlySet<string> = new Set(
  ('and or not at least of everyone in segment entered left has no sequence within percent percentile between is missing contains starts ends with matches anniversary ' +
    'today yesterday last next previous this since before first ago minute minutes hour hours day days week weeks month months quarter year years true false event').split(' '),
)
export const functions: ReadonlySet<string> = new Set(['count', 'days', 'sum', 'avg', 'min', 'max', 'distinct', 'first', 'last', 'percentile', 'percent', 'sequence', 'event'])
