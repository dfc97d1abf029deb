import '@mantine/core/styles.layer.css'
import '@mantine/dates/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'
import './shell/shell.css'

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { Application } from './shell/application'
import { startLocale } from './locale/locale'
import { lendNonce, trustNoMarkup } from './shell/trusted'

async function start() {
  trustNoMarkup()
  lendNonce()
  const root = document.getElementById('root')
  if (root === null) throw new Error('the page has no #root')
  await startLocale()
  createRoot(root).render(
    <StrictMode>
      <Application />
    </StrictMode>,
  )
}

// Not awaited here: the texts' chunk imports from this one, and would wait for
// its end.
void start()
