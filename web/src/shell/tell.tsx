import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'

/** Says that something was done, and how to undo it. */
export function tell(message: string, undo?: { label: string; do: () => void }) {
  const id = notifications.show({
    autoClose: undo ? 10_000 : 4000,
    withBorder: true,
    message: (
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {message}
        </Text>
        {undo && (
          <Button
            size="xs"
            variant="default"
            style={{ flexShrink: 0 }}
            onClick={() => {
              notifications.hide(id)
              undo.do()
            }}
          >
            {undo.label}
          </Button>
        )}
      </Group>
    ),
  })
}
