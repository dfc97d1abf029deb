import { Center, Group, Paper, Stack, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

import icon from '../shell/icon.svg'
import { Account } from './account'

/** A page before one is logged in. */
export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  useDocumentTitle(`${title} · Kith`)
  return (
    <Center mih="100dvh" p="md">
      <Stack w="100%" maw={420} gap="md" component="main">
        <Group justify="space-between">
          <Group gap="sm">
            <img src={icon} alt="" width={36} height={36} />
            <Title order={1} size="h3">
              {title}
            </Title>
          </Group>
          <Account />
        </Group>
        <Paper withBorder p="lg">
          {children}
        </Paper>
      </Stack>
    </Center>
  )
}
