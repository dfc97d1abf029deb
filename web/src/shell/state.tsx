import { Alert, Button, Center, Loader, Stack, Text, Title } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '../api/client'

/** What is shown while something is on its way. */
export function Loading({ height = 240 }: { height?: number }) {
  const { t } = useTranslation('shell')
  return (
    <Center h={height} role="status" aria-label={t('loading')}>
      <Loader />
    </Center>
  )
}

/** What went wrong, and a way to try again. */
export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useTranslation('shell')
  const said = error instanceof Problem ? error.message : t('unreachable')
  return (
    <Alert color="red" icon={<IconAlertCircle />} title={t('failed')} role="alert">
      <Stack align="flex-start" gap="xs">
        <Text size="sm">{said}</Text>
        {again && (
          <Button size="xs" variant="default" onClick={again}>
            {t('again')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** What is shown where there is nothing yet, and what to do about it. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Center py={64} px="md">
      <Stack align="center" gap="sm" maw={480} ta="center">
        <Title order={2} size="h4">
          {title}
        </Title>
        {children && <Text className="quiet">{children}</Text>}
        {action}
      </Stack>
    </Center>
  )
}

interface Asked<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
}

/** Shows what a query brought, or that it is on its way, or what went wrong. */
export function Answer<T>({ of, height, children }: { of: Asked<T>; height?: number; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return <>{children(of.data)}</>
  if (of.error) return <Failed error={of.error} again={() => void of.refetch()} />
  return <Loading height={height} />
}
