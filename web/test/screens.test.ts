/**
 * Pictures of every page for docs/screens: light and dark, desktop and phone.
 * "make screens" makes these; KITH_SCREENS=phone,ko makes others.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Page } from 'playwright-core'
import { test } from 'vitest'

import { openPages, screens, show, type Of } from './pages'
import { startStage, type Stage } from './stage'
import { speaker, type Language } from './texts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'screens')

interface Look {
  scheme: 'light' | 'dark'
  width: number
  height: number
  /** How much smaller the picture is than the window: all pictures together take little room. */
  scale: number
  language: Language
}

const desktop = { width: 1280, height: 800, scale: 0.6 }
const phone = { width: 390, height: 844, scale: 0.8 }
const looks: Record<string, Look> = {
  light: { scheme: 'light', ...desktop, language: 'en' },
  dark: { scheme: 'dark', ...desktop, language: 'en' },
  phone: { scheme: 'light', ...phone, language: 'en' },
  'phone-dark': { scheme: 'dark', ...phone, language: 'en' },
  ko: { scheme: 'light', ...desktop, language: 'ko' },
  'zh-TW': { scheme: 'dark', ...phone, language: 'zh-TW' },
  ro: { scheme: 'light', ...phone, language: 'ro' },
}

const wanted = process.env.KITH_SCREENS?.split(',')

test.skipIf(wanted === undefined)('pictures', { timeout: 900_000 }, async () => {
  const stage = await startStage(2000)
  try {
    const painter = await (await stage.browser.newContext()).newPage()
    for (const name of wanted ?? []) {
      const look = looks[name]
      if (look === undefined) throw new Error(`KITH_SCREENS: there is no look ${name}; there are ${Object.keys(looks).join(', ')}`)
      await rm(join(folder, name), { recursive: true, force: true })
      await mkdir(join(folder, name), { recursive: true })
      for (const of of Object.keys(screens) as Of[]) await shoot(stage, of, look, painter, join(folder, name))
    }
  } finally {
    await stage.stop()
  }
})

async function shoot(stage: Stage, of: Of, look: Look, painter: Page, folder: string) {
  const { context, page } = await openPages(stage, of, { viewport: { width: look.width, height: look.height }, colorScheme: look.scheme, locale: look.language })
  const say = speaker(look.language)
  for (const screen of screens[of]) {
    await show(page, stage, of, screen, say)
    await writeFile(join(folder, `${screen.name}.webp`), await webp(painter, await page.screenshot(), look.scale))
  }
  await context.close()
}

/** The same picture as WebP, and smaller. */
async function webp(painter: Page, png: Buffer, scale: number): Promise<Buffer> {
  const text = await painter.evaluate(async ([base64, scale]) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob())
    const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale))
    const pen = canvas.getContext('2d')
    if (pen !== null) pen.imageSmoothingQuality = 'high'
    pen?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: 0.75 })).arrayBuffer())
    return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))
  }, [png.toString('base64'), scale] as const)
  return Buffer.from(text, 'base64')
}
