import type { Diagnostic } from '@codemirror/lint'

import type { Pointed } from '../usedraft'

/** The findings of the check, at their places. These count characters, and the editor half of a pair of surrogates. */
export function diagnosticsOf(text: string, findings: Pointed[]): Diagnostic[] {
  const offset = offsets(text)
  return findings.map((f) => {
    const from = offset(f.start)
    const to = Math.max(from, offset(f.end))
    // What is missing at the end is pointed at with the character before it.
    const shown = from === to ? { from: Math.max(0, Math.min(from, text.length) - (from >= text.length ? 1 : 0)), to: Math.min(text.length, from >= text.length ? text.length : from + 1) } : { from, to }
    return { ...shown, severity: f.warning ? 'warning' : 'error', message: f.message }
  })
}

function offsets(text: string): (characters: number) => number {
  // Most texts have no pairs.
  if (!/[\ud800-\udbff]/.test(text)) return (n) => Math.min(Math.max(n, 0), text.length)
  const places: number[] = []
  let at = 0
  for (const c of text) {
    places.push(at)
    at += c.length
  }
  return (n) => places[Math.max(n, 0)] ?? text.length
}
