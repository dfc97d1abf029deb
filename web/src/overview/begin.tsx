import { Button, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconFileImport, IconFlask } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Panel } from '../shell/panel'

// On a phone what it says takes two lines.
const wrapping = { h: 'auto', mih: 36, py: 6, styles: { label: { whiteSpace: 'normal' } } } as const

/** What is shown where there are no facts yet: the two ways to begin. */
export function Begin() {
  const { t } = useTranslation('overview')
  return (
    <Stack>
      <Text>{t('begin')}</Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Panel title={t('begin_import')} about={t('begin_import_about')}>
          <Button component={Link} to="/imports/new" leftSection={<IconFileImport size={16} />} {...wrapping}>
            {t('begin_import')}
          </Button>
        </Panel>
        <Panel title={t('begin_demo')} about={t('begin_demo_about')}>
          <Button component={Link} to="/imports/demo" variant="default" leftSection={<IconFlask size={16} />} {...wrapping}>
            {t('begin_demo')}
          </Button>
        </Panel>
      </SimpleGrid>
    </Stack>
  )
}
