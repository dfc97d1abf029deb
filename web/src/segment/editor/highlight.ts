import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { tags } from '@lezer/highlight'

import { functions, keywords, tokenAt } from './tokens'

// No piece goes over the end of a line.
type State = Record<string, never>

/** The segment language, as far as its colours go. */
const language = StreamLanguage.define<State>({
  name: 'segment',
  startState: () => ({}),
  token(stream) {
    if (stream.eatSpace()) return null
    const token = tokenAt(stream.string, stream.pos)
    if (token === null) {
      stream.next()
      return 'invalid'
    }
    stream.pos = token.to
    switch (token.kind) {
      case 'word': {
        const word = token.text.toLowerCase()
        if (functions.has(word) && stream.string.charAt(stream.pos) === '(') return 'function'
        return keywords.has(word) ? 'keyword' : 'name'
      }
      case 'text':
        return 'string'
      case 'broken':
        return 'invalid'
      case 'date':
      case 'number':
        return 'number'
      case 'comment':
        return 'comment'
      case 'sign':
        return 'operator'
    }
  },
  languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '"'] } },
  tokenTable: { function: tags.function(tags.name) },
})

// The colours are the theme's, by way of style sheets: they follow light and dark.
const colours = HighlightStyle.define([
  { tag: tags.keyword, class: 'kq-keyword' },
  { tag: tags.function(tags.name), class: 'kq-function' },
  { tag: tags.string, class: 'kq-string' },
  { tag: tags.number, class: 'kq-number' },
  { tag: tags.comment, class: 'kq-comment' },
  { tag: tags.invalid, class: 'kq-invalid' },
])

export const highlight = [language, syntaxHighlighting(colours)]
