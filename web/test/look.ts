/** What is wrong with how a page's texts stand, as a person would see it. Runs in the page. */
export interface Sight {
  /** Texts that reach out of their box, or are cut off without saying so. */
  cut: string[]
  /** How much wider than the window the page is. */
  sideways: number
  /** All that is shown or said: texts, names, titles, placeholders. */
  texts: string[]
  lang: string
}

export function look(): Sight {
  const cut = new Set<string>()
  const texts = new Set<string>()
  const shown = (e: Element) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  const style = (e: Element) => getComputedStyle(e)
  const where = (e: Element) => `${e.tagName.toLowerCase()}.${[...e.classList].filter((c) => c.startsWith('mantine-') || !c.startsWith('m_')).join('.')}`
  const hidden = (e: Element) => e.closest('.hidden-visually, .mantine-VisuallyHidden-root, .skip') !== null
  // A text belongs to the first box around it that is no part of a line.
  const boxOf = (e: Element): Element => (/^(inline|contents)$/.test(style(e).display) && e.parentElement ? boxOf(e.parentElement) : e)
  const titled = (e: Element) => e.closest('[title]') !== null

  const check = (text: string, e: Element, node: Node) => {
    const range = document.createRange()
    range.selectNodeContents(node)
    const rects = [...range.getClientRects()].filter((r) => r.width > 0)
    if (rects.length === 0) return
    const left = Math.min(...rects.map((r) => r.left))
    const right = Math.max(...rects.map((r) => r.right))
    const bottom = Math.max(...rects.map((r) => r.top + r.height / 2)) // the middle of the last line
    const report = (how: string, by: Element) => cut.add(`"${text.slice(0, 80)}" ${how} ${where(by)}`)
    const box = boxOf(e)
    for (let at: Element | null = box; at !== null && at !== document.body; at = at.parentElement) {
      const s = style(at)
      const r = at.getBoundingClientRect()
      const over = Math.max(right - r.right, r.left - left)
      if (/auto|scroll/.test(s.overflowX)) return // it can be moved into sight
      if (at === box && s.overflowX === 'visible' && over > 1) return report(`is ${Math.round(over)} px wider than`, at)
      if (s.overflowX !== 'visible' && over > 1) {
        if (s.textOverflow !== 'ellipsis') return report(`is cut off by ${Math.round(over)} px in`, at)
        if (!titled(at)) return report('is cut off, with no title, in', at)
        return
      }
      if (s.overflowY !== 'visible' && !/auto|scroll/.test(s.overflowY) && bottom > r.bottom) {
        if (s.webkitLineClamp === 'none' || !titled(at)) report('is cut off below, with no title, in', at)
        return
      }
      if (at === box && s.overflowY === 'visible' && bottom > r.bottom + 1 && r.height > 0) return report('is higher than', at)
      if (s.position === 'fixed') break
    }
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const e = node.parentElement
    const text = node.textContent?.replace(/\s+/g, ' ').trim() ?? ''
    if (e === null || text === '' || /^(SCRIPT|STYLE|NOSCRIPT)$/.test(e.tagName)) continue
    if (e.tagName !== 'OPTION' && !shown(e)) continue
    texts.add(text)
    // An editor scrolls; options are drawn by the browser.
    if (e.tagName !== 'OPTION' && !hidden(e) && e.closest('.cm-editor') === null) check(text, e, node)
  }

  const pen = document.createElement('canvas').getContext('2d')
  const room = (e: Element) => e.clientWidth - parseFloat(style(e).paddingLeft) - parseFloat(style(e).paddingRight)
  for (const e of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select, textarea')) {
    if (!shown(e) || pen === null) continue
    const text = e instanceof HTMLSelectElement ? (e.selectedOptions[0]?.text ?? '') : e.value === '' ? e.placeholder : ''
    pen.font = style(e).font
    const over = pen.measureText(text).width - room(e)
    if (over > 1 && !titled(e)) cut.add(`"${text}" is cut off by ${Math.round(over)} px in ${where(e)}`)
  }
  for (const e of document.querySelectorAll('[aria-label], [title], [placeholder], img[alt]')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      const text = e.getAttribute(name)?.trim()
      if (text !== undefined && text !== '' && shown(e)) texts.add(text)
    }
  }
  texts.add(document.title.replace(/ · Kith$/, ''))
  return {
    cut: [...cut],
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    texts: [...texts],
    lang: document.documentElement.lang,
  }
}
