import { Group, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useFormat } from '../locale/format'
import { Copy } from '../shell/copy'

export interface ShownLink {
  who: string
  kind: 'setup' | 'invitation' | 'reset'
  link: string
  expires_at: string
}

/** Shows a one-time link, which is handed over by whoever sees it. */
export function LinkWindow({ link, close }: { link: ShownLink | undefined; close: () => void }) {
  const { t } = useTranslation('team')
  return (
    <Modal opened={link !== undefined} onClose={close} title={t('link.title')} centered size="lg" closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      {link && <LinkText link={link} />}
    </Modal>
  )
}

/** The link itself, how long it works, and what it is for. */
export function LinkText({ link }: { link: ShownLink }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  return (
    <Stack>
      <Text size="sm">{t(link.kind === 'reset' ? 'link.reset' : 'link.invitation', { who: link.who })}</Text>
      <Text className="code" p="sm" bd="1px solid var(--kith-line)" style={{ borderRadius: 8 }} tabIndex={0}>
        {link.link}
      </Text>
      <Group justify="space-between">
        <Text size="sm" className="quiet">
          {t('link.expires', { at: format.instant(link.expires_at) })}
        </Text>
        <Copy value={link.link} size="sm" />
      </Group>
    </Stack>
  )
}
