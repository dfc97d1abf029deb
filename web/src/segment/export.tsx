import { Alert, Button, Group, List, Modal, Radio, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client } from '../api/client'
import { useFormat } from '../locale/format'
import { Answer } from '../shell/state'
import { shownName, type Segment } from './segments'

const purposes = [
  { value: 'list', query: { for: 'list' } },
  { value: 'mail', query: { for: 'mail' } },
  { value: 'meta', query: { for: 'ads', network: 'meta' } },
  { value: 'google', query: { for: 'ads', network: 'google' } },
] as const

/** A segment as a file: says who is left out, and why, before it is made. */
export function Export({ segment, close }: { segment: Segment; close: () => void }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const [value, setValue] = useState<string>('list')
  const query = purposes.find((p) => p.value === value)?.query ?? purposes[0].query
  const summary = useQuery({
    queryKey: ['segments', segment.id, 'export', value],
    queryFn: ({ signal }) => ask(client.GET('/v1/segments/{id}/export/summary', { params: { path: { id: segment.id }, query }, signal })),
  })
  const address = `/v1/segments/${encodeURIComponent(segment.id)}/export?${new URLSearchParams(query).toString()}`
  return (
    <Modal opened onClose={close} title={t('export.of', { name: shownName(segment) })} size="lg" closeButtonProps={{ 'aria-label': t('export.close') }}>
      <Stack>
        <Radio.Group label={t('export.for')} value={value} onChange={setValue}>
          <Stack gap="xs" mt="xs">
            {purposes.map((p) => (
              <Radio key={p.value} value={p.value} label={t(`export.purpose.${p.value}`)} description={t(`export.about.${p.value}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Answer of={summary} height={80}>
          {(s) => (
            <Alert color={s.included === 0 ? 'orange' : 'petrol'} variant="light">
              <Text size="sm">{t('export.included', { included: format.count(s.included), members: format.count(s.members) })}</Text>
              {s.left_out.length > 0 && (
                <>
                  <Text size="sm">{t('export.left_out')}</Text>
                  <List size="sm">
                    {s.left_out.map((l) => (
                      <List.Item key={l.reason}>
                        {format.count(l.customers)}: {t(`export.reason.${l.reason}`)}
                      </List.Item>
                    ))}
                  </List>
                </>
              )}
            </Alert>
          )}
        </Answer>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('export.close')}
          </Button>
          <Button
            component="a"
            href={address}
            download
            leftSection={<IconDownload size={16} />}
            onClick={close}
            disabled={summary.data === undefined || summary.data.included === 0}
          >
            {t('export.download')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
