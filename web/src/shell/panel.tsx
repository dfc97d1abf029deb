import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useId, type ReactNode } from 'react'

/** A part of a page, with a title of its own. */
export function Panel({ title, about, actions, children }: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Stack gap={2}>
            <Title order={2} size="h5" id={id}>
              {title}
            </Title>
            {about && (
              <Text size="sm" className="quiet">
                {about}
              </Text>
            )}
          </Stack>
          {actions}
        </Group>
        {children}
      </Stack>
    </Paper>
  )
}

/** A figure with its name, and what it was before. */
export function Figure({ name, value, about }: { name: string; value: ReactNode; about?: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" className="quiet">
        {name}
      </Text>
      <Text className="figure">
        {value}
      </Text>
      {about && (
        <Text size="sm" className="quiet">
          {about}
        </Text>
      )}
    </Paper>
  )
}
