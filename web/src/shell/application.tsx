import { MantineProvider } from '@mantine/core'
import { DatesProvider } from '@mantine/dates'
import { Notifications } from '@mantine/notifications'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'

import { Problem } from '../api/client'
import { makeRouter } from './router'
import { theme } from './theme'
import { styleNonce } from './trusted'

const queries: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server refused, it refuses again.
      retry: (times, error) => !(error instanceof Problem) && times < 2,
    },
  },
  queryCache: new QueryCache({
    onError(error, query) {
      // A session that ended in the middle: the page goes to where one logs in.
      if (error instanceof Problem && error.status === 401 && query.queryKey[0] !== 'session') {
        void queries.invalidateQueries({ queryKey: ['session'] })
      }
    },
  }),
})

// What was asked is in the language from before.
i18next.on('languageChanged', () => void queries.invalidateQueries())

const router = makeRouter(queries)

export function Application() {
  const { i18n } = useTranslation()
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 1 }}>
        <QueryClientProvider client={queries}>
          <Notifications position="bottom-right" />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </DatesProvider>
    </MantineProvider>
  )
}
