import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface Question {
  title: string
  /** What is lost. */
  children: ReactNode
  /** What the button says: the deed, not "OK". */
  confirm: string
  /** Nothing is lost by it. */
  harmless?: boolean
  error?: string
  busy?: boolean
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something that somebody may regret. */
export function Confirm({ title, children, confirm, harmless, error, busy, onConfirm, onClose }: Question) {
  const { t } = useTranslation('shell')
  return (
    <Modal opened onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': t('cancel') }}>
      <Stack>
        <Text size="sm">{children}</Text>
        {error !== undefined && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button {...(harmless === true ? {} : { color: 'red.9' })} onClick={onConfirm} loading={busy ?? false}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
