import { hoverTooltip, type Tooltip } from '@codemirror/view'

import type { Language } from '../language'
import { infoOf } from './complete'
import { named, placeIn } from './place'

/** Says what a field, a fact or a function is when one points at it. */
export function hover(language: () => Language) {
  return hoverTooltip((view, pos): Tooltip | null => {
    const place = placeIn(view.state.doc.toString(), pos)
    const { token } = place
    if (token?.kind !== 'word') return null
    const said = describe(language(), token.text, place.within, place.facts)
    if (said === undefined) return null
    return {
      pos: token.from,
      end: token.to,
      above: true,
      create: () => {
        const dom = document.createElement('div')
        dom.className = 'kq-hover'
        const name = document.createElement('strong')
        name.textContent = token.text
        dom.append(name, ` ${said}`)
        return { dom }
      },
    }
  })
}

type Within = Parameters<typeof infoOf>[1]

/** What the catalogue says of a word. */
export function describe(l: Language, word: string, within: Within, facts: boolean): string | undefined {
  const lower = word.toLowerCase()
  if (within === undefined && (facts || l.facts.some((f) => f.name === lower))) {
    const dot = word.indexOf('.')
    if (dot > 0) {
      const field = infoOf(l, named(word.slice(0, dot)), word.slice(dot + 1))
      return field && `${field.type} · ${field.description}`
    }
    const event = l.events.find((e) => e.key === lower)
    return l.facts.find((f) => f.name === lower)?.description ?? (event && `${event.name} · ${event.count}`)
  }
  const field = infoOf(l, within, word)
  if (field !== undefined) return `${field.type} · ${field.description}`
  return l.functions.find((f) => f.name === lower)?.description
}
