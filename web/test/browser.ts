import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

export const password = 'correct horse battery'

/** Starts Chromium. KITH_CHROMIUM names another program. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.KITH_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/** What went wrong in pages: errors, and what the security policy stopped. */
export function watch(context: BrowserContext): string[] {
  const wrong: string[] = []
  context.on('weberror', (e) => wrong.push(String(e.error())))
  context.on('console', (m) => {
    // A refusal that is meant (401 before the login) is a console error of the browser's.
    if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) wrong.push(m.text())
  })
  return wrong
}

/** Opens the one-time link and makes the owner. */
export async function beOwner(page: Page, link: string, name = 'Ana Pop') {
  await page.goto(link)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('E-mail').fill('ana@kith.example')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('Password again').fill(password)
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.waitForURL((u) => u.pathname === '/')
}
