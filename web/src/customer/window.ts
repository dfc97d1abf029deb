import { useCallback, useEffect, useState, type UIEvent } from 'react'

/** Browsers draw no element that is higher than some 17 to 33 million pixels. */
export const highest = 12_000_000

export interface RowWindow {
  /** The rows to draw: from first up to and without end. */
  first: number
  end: number
  /** Where the first row begins, in pixels from the top of what is seen; at most 0. */
  offset: number
}

/** How high the scrolled element is. */
export function scrollHeight(total: number, rowHeight: number): number {
  return Math.min(total * rowHeight, highest)
}

/**
 * The rows that are seen when an element as high as scrollHeight is scrolled by
 * top. Where all rows together would be higher than that, a pixel of the scroll
 * bar stands for more than one of the list, and the last row is still reached.
 */
export function windowOf(top: number, total: number, rowHeight: number, view: number): RowWindow {
  const height = total * rowHeight
  const way = Math.max(0, scrollHeight(total, rowHeight) - view)
  const bounded = Math.min(way, Math.max(0, top))
  const at = height <= highest ? bounded : (bounded / way) * (height - view)
  const first = Math.floor(at / rowHeight)
  return { first, end: Math.min(total, Math.ceil((at + view) / rowHeight)), offset: first * rowHeight - at }
}

/** A list of rows of one height, of which only what is seen is drawn. */
export function useWindow(total: number, rowHeight: number, view: number): RowWindow & { onScroll: (event: UIEvent<HTMLElement>) => void } {
  const [top, setTop] = useState(0)
  const onScroll = useCallback((event: UIEvent<HTMLElement>) => setTop(event.currentTarget.scrollTop), [])
  return { ...windowOf(top, total, rowHeight, view), onScroll }
}

const rest = 80 // ms

/** Whether a number is one that it rested at, or as near to it as that. */
export function useNear(now: number, distance: number): boolean {
  const [rested, setRested] = useState(now)
  useEffect(() => {
    const timer = setTimeout(() => setRested(now), rest)
    return () => clearTimeout(timer)
  }, [now])
  return Math.abs(now - rested) <= distance
}
