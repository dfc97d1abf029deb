import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching } from '@codemirror/language'
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers, placeholder, tooltips } from '@codemirror/view'
import { Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'

import { styleNonce } from '../../shell/trusted'
import { useTexts } from '../builder/texts'
import type { Language } from '../language'
import type { Segment } from '../segments'
import type { Pointed } from '../usedraft'
import { valuesQuery } from '../values'
import { completions, type Vocabulary } from './complete'
import './editor.css'
import { highlight } from './highlight'
import { hover } from './hover'
import { diagnosticsOf } from './lint'

interface Props {
  value: string
  onChange: (text: string) => void
  findings: Pointed[]
  language: Language
  segments: Segment[]
  /** The canonical form of what is written, once it is known. */
  canonical: string | undefined
}

/** Writes a segment. */
export default function TextEditor({ value, onChange, findings, language, segments, canonical }: Props) {
  const t = useTexts()
  const queries = useQueryClient()
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef<Vocabulary & { onChange: (text: string) => void }>(null)
  useEffect(() => {
    latest.current = {
      language,
      segments,
      onChange,
      values: (field, begin) => queries.query(valuesQuery(field, begin)).catch(() => []),
    }
  })
  const label = t('text.label')
  const hint = t('text.example')
  const first = useRef(value)

  useEffect(() => {
    if (host.current === null) return
    const now = () => {
      if (latest.current === null) throw new Error('the editor runs before it is shown')
      return latest.current
    }
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          highlight,
          lintGutter(),
          placeholder(hint),
          tooltips({ position: 'fixed' }),
          autocompletion({ override: [completions(now)], icons: false }),
          hover(() => now().language),
          EditorView.lineWrapping,
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
          EditorView.updateListener.of((u) => {
            if (u.docChanged) now().onChange(u.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    made.focus()
    return () => {
      first.current = made.state.doc.toString()
      made.destroy()
      view.current = null
    }
  }, [label, hint])

  // What comes from outside, such as the canonical form, is one change that can be undone.
  useEffect(() => {
    const v = view.current
    if (v !== null && v.state.doc.toString() !== value) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: value } })
  }, [value])

  useEffect(() => {
    const v = view.current
    if (v !== null) v.dispatch(setDiagnostics(v.state, diagnosticsOf(v.state.doc.toString(), findings)))
  }, [findings])

  return (
    <div>
      <div ref={host} className="kq-editor" />
      <Text size="xs" className="quiet" mt={4}>
        {t('text.keys')}
      </Text>
      <Messages findings={findings} />
      {canonical !== undefined && canonical !== value.trim() && findings.every((f) => f.warning) && (
        <div className="kq-canonical">
          <Text size="xs" className="quiet">
            {t('text.canonical')}
          </Text>
          <Text size="sm" className="code">
            {canonical}
          </Text>
        </div>
      )}
    </div>
  )
}

/** The findings as a list, for who does not point at their places. */
function Messages({ findings }: { findings: Pointed[] }) {
  const t = useTexts()
  return (
    <ul className="kq-messages" aria-live="polite">
      {findings.map((f, i) => (
        <li key={i} data-warning={f.warning || undefined}>
          <strong>{t(f.warning ? 'found.warning' : 'found.error')}</strong> {t('text.place', { line: f.line, column: f.column })}: {f.message}
        </li>
      ))}
    </ul>
  )
}
