import { expect } from 'vitest'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'

import { beOwner, watch } from './browser'
import type { Kith } from './kith'

/** What is built with a mouse and a keyboard, as somebody sees it in English. */
export class Builder {
  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    /** What went wrong in the page. */
    readonly wrong: string[],
    private kith: Kith,
    private key: string,
  ) {}

  /** The page of a new segment, for the owner. */
  static async open(browser: Browser, kith: Kith): Promise<Builder> {
    const context = await browser.newContext({ locale: 'en', reducedMotion: 'reduce', viewport: { width: 1280, height: 900 } })
    const wrong = watch(context)
    const page = await context.newPage()
    await beOwner(page, kith.link)
    const key = (await kith.run('key', 'create', '--secret')).trim()
    await page.goto(kith.url + '/segments/new')
    await page.getByRole('heading', { name: 'Who is it about?' }).waitFor()
    page.setDefaultTimeout(10_000)
    return new Builder(page, context, wrong, kith, key)
  }

  /**
   * Does one thing:
   *
   *   + placed an order     begins with a condition, or adds one at the end
   *   [Remove]              clicks a button
   *   > minus …             picks from the open list or menu
   *   When: today           picks for a word of a sentence
   *   How long = 7          types
   *
   * "#2" behind a name is the second of that name, "#-1" the last.
   */
  async do(step: string) {
    const typed = /^(.+?)(?:#(-?\d+))? = (.*)$/.exec(step)
    const chosen = /^([^[>+].*?)(?:#(-?\d+))?: (.+)$/.exec(step)
    const pressed = /^\[(.+?)\](?:#(-?\d+))?$/.exec(step)
    if (step.startsWith('+ ')) await this.add(step.slice(2))
    else if (step.startsWith('> ')) await this.pick(step.slice(2))
    else if (pressed !== null) await nth(this.page.getByRole('button', { name: pressed[1], exact: true }), pressed[2]).click()
    else if (typed !== null) await this.type(nth(this.field(typed[1] ?? ''), typed[2]), typed[3] ?? '')
    else if (chosen !== null) {
      await nth(this.page.getByRole('button', { name: new RegExp(`^${escape(chosen[1] ?? '')}: `) }), chosen[2]).click()
      await this.pick(chosen[3] ?? '')
    } else throw new Error(`not a step: ${step}`)
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true }).and(this.page.locator('input'))
  }

  private async type(field: Locator, text: string) {
    if ((await field.getAttribute('type')) === 'date') {
      await field.fill(text)
      return
    }
    await field.selectText()
    await this.page.keyboard.type(text)
    await field.blur()
  }

  private async add(offer: string) {
    const search = this.page.getByRole('textbox', { name: /^What do you want to ask/ })
    if (await search.isVisible()) {
      await search.fill(offer)
      await this.page.locator('main').getByRole('button', { name: offer, exact: true }).first().click()
      await this.focused()
      return
    }
    await this.page.getByRole('button', { name: 'Add a condition' }).last().click()
    await this.pick(offer)
  }

  private async pick(name: string) {
    const open = this.page.locator('[role=option]:visible, [role=menuitem]:visible')
    await open.filter({ has: this.page.getByText(name, { exact: true }) }).first().click()
    await this.focused()
  }

  /** Waits until the focus is where a list that was closed puts it: it does so after 10 ms, faster than hands and slower than a program. */
  private async focused() {
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20))))
  }

  /** What is built, as a text: as the other tab shows it. */
  async text(): Promise<string> {
    await this.mode('Text')
    const text = await this.written()
    await this.mode('Build')
    return text
  }

  async mode(name: 'Build' | 'Text') {
    await this.page.locator('label').getByText(name, { exact: true }).click()
    if (name === 'Text') await this.page.locator('.cm-content').waitFor()
    else await this.page.locator('.cm-content').waitFor({ state: 'detached' })
  }

  /** What the editor shows. */
  async written(): Promise<string> {
    return (await this.page.locator('.cm-line').allTextContents()).join('\n')
  }

  /** Puts another text into the editor. */
  async write(text: string) {
    await this.page.locator('.cm-content').press('Control+a')
    await this.page.keyboard.press('Delete')
    await this.page.keyboard.insertText(text)
  }

  /** Shows a text in the builder. */
  async show(text: string) {
    await this.startOver()
    await this.mode('Text')
    await this.write(text)
    await this.mode('Build')
  }

  /** Drags the row or group of a control onto the upper or lower half of another row. */
  async drag(control: Locator, side: 'before' | 'behind', row: Locator) {
    const { mouse } = this.page
    const from = await control.locator('xpath=ancestor::li[1]').getByTitle('Drag to move').first().boundingBox()
    const to = await row.locator('xpath=ancestor::li[1]').boundingBox()
    if (from === null || to === null) throw new Error('it is not shown')
    await mouse.move(from.x + from.width / 2, from.y + from.height / 2)
    await mouse.down()
    const y = to.y + (side === 'before' ? 3 : to.height - 3)
    await mouse.move(to.x + 120, y, { steps: 4 })
    await mouse.up()
  }

  /** Goes on with Tab until a control has the focus. */
  async tabTo(name: string) {
    for (let i = 0; i < 60; i++) {
      await this.page.keyboard.press('Tab')
      const at = await this.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '')
      if (at.startsWith(name)) return
    }
    throw new Error(`Tab does not lead to ${name}`)
  }

  /** Begins anew, whatever was left. */
  async startOver() {
    await this.page.keyboard.press('Escape')
    if (await this.page.locator('.cm-content').isVisible()) await this.mode('Build')
    const clear = this.page.getByRole('button', { name: 'Start over' })
    if (await clear.isVisible()) await clear.click()
    await this.page.getByRole('heading', { name: 'Who is it about?' }).waitFor()
  }

  /** Asks the server, as a program would. */
  private async ask(text: string) {
    const response = await fetch(this.kith.url + '/v1/segments/check', {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ text }),
    })
    const answer = (await response.json()) as { canonical: string; tree: unknown; warnings?: unknown[] }
    expect(response.status, JSON.stringify(answer)).toBe(200)
    return answer
  }

  /** The canonical form of a text; findings fail. */
  async check(text: string): Promise<string> {
    const { canonical, warnings } = await this.ask(text)
    expect(warnings ?? [], text).toEqual([])
    return canonical
  }

  async tree(text: string): Promise<unknown> {
    return (await this.ask(text)).tree
  }
}

function nth(of: Locator, n: string | undefined): Locator {
  const at = Number(n ?? 1)
  return of.nth(at > 0 ? at - 1 : at)
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
