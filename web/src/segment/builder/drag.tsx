import { IconGripVertical } from '@tabler/icons-react'
import type { PointerEvent } from 'react'

import classes from './builder.module.css'
import { useBuilder } from './context'
import { useTexts } from './texts'
import { isPart, relocate, type Gap, type Path } from '../tree'

/** What makes an element a place to drop a part at: before it or behind it. */
export function gapAt(group: Path, index: number) {
  return { 'data-group': group, 'data-index': index }
}

/** A handle that a part of a group is dragged by. By keyboard one moves with Alt and the arrows, or with the menu. */
export function Grip({ path }: { path: Path }) {
  const { edit, announce } = useBuilder()
  const t = useTexts()
  if (!isPart(path)) return null
  const onPointerDown = (e: PointerEvent<HTMLElement>) => {
    if (e.button !== 0) return
    e.preventDefault() // no text is selected
    drag(e.currentTarget, path, e.pointerId, (to) => {
      edit((tree) => tree && relocate(tree, path, to))
      announce(t('said.moved'))
    })
  }
  return (
    <span className={classes.grip} title={t('row.drag')} aria-hidden onPointerDown={onPointerDown}>
      <IconGripVertical size={15} />
    </span>
  )
}

/** Follows the pointer until it is let go, and says where; Escape stops it. */
function drag(grip: HTMLElement, path: Path, pointer: number, drop: (to: Gap) => void) {
  const part = grip.closest<HTMLElement>('li')
  let over: { at: HTMLElement; side: 'before' | 'behind' } | undefined
  const show = (next: typeof over) => {
    over?.at.removeAttribute('data-drop')
    over = next
    over?.at.setAttribute('data-drop', over.side)
  }
  const stop = new AbortController()
  const { signal } = stop
  const end = () => {
    show(undefined)
    part?.removeAttribute('data-dragged')
    stop.abort()
  }
  grip.setPointerCapture(pointer)
  part?.setAttribute('data-dragged', 'true')
  grip.addEventListener(
    'pointermove',
    (e) => {
      if (e.clientY < edge) window.scrollBy(0, e.clientY - edge)
      else if (e.clientY > window.innerHeight - edge) window.scrollBy(0, e.clientY - window.innerHeight + edge)
      show(placeAt(e.clientX, e.clientY, path))
    },
    { signal },
  )
  grip.addEventListener(
    'pointerup',
    () => {
      const to = over
      end()
      if (to !== undefined) drop({ group: to.at.dataset.group ?? '', index: Number(to.at.dataset.index) + (to.side === 'behind' ? 1 : 0) })
    },
    { signal },
  )
  grip.addEventListener('pointercancel', end, { signal })
  window.addEventListener('keydown', (e) => e.key === 'Escape' && end(), { signal })
}

const edge = 70

/** The innermost part under the pointer that the dragged one can stand beside: not in itself, nor in a filter of other facts. */
function placeAt(x: number, y: number, path: Path): { at: HTMLElement; side: 'before' | 'behind' } | undefined {
  let at = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-index]') ?? null
  while (at !== null && (within(at.dataset.group ?? '', path) || filterOf(at.dataset.group ?? '') !== filterOf(path))) {
    at = at.parentElement?.closest<HTMLElement>('[data-index]') ?? null
  }
  if (at === null) return undefined
  const { top, height } = at.getBoundingClientRect()
  return { at, side: y < top + height / 2 ? 'before' : 'behind' }
}

const within = (group: Path, path: Path) => group === path || group.startsWith(path + '/')

/** The filter that a place is in; empty outside of filters. */
const filterOf = (path: Path) => /^.*\/filter(?=\/|$)/.exec(path)?.[0] ?? ''
