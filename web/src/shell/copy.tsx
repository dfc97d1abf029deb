import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** A button that copies a text, and says that it did. */
export function Copy({ value, label, size = 'xs' }: { value: string; label?: string; size?: 'xs' | 'sm' }) {
  const { t } = useTranslation('shell')
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          size={size}
          variant="default"
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          onClick={copy}
          style={{ flexShrink: 0 }}
          aria-live="polite"
        >
          {copied ? t('copied') : (label ?? t('copy'))}
        </Button>
      )}
    </CopyButton>
  )
}
