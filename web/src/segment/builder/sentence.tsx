import { Fragment, type ReactNode } from 'react'

import classes from './builder.module.css'

/** A text with controls in it: "{x} is at least {value}". Each language has its own order. */
export function Sentence({ text, parts }: { text: string; parts: Record<string, ReactNode> }) {
  return <span className={classes.sentence}>{inline(text, parts)}</span>
}

/** What a control would show, where a sentence is only read. */
export function Said({ quiet = false, children }: { quiet?: boolean; children: ReactNode }) {
  return <span className={quiet ? classes.word : classes.said}>{children}</span>
}

/** The same, inside of another sentence. */
export function inline(text: string, parts: Record<string, ReactNode>): ReactNode {
  return text.split(/(\{\w+\})/).map((piece, i) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1]
    if (name !== undefined) return <Fragment key={i}>{parts[name]}</Fragment>
    return piece.trim() === '' ? null : (
      <span key={i} className={classes.word}>
        {piece.trim()}
      </span>
    )
  })
}
