import { Accordion, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client } from '../api/client'
import { useFormat } from '../locale/format'
import { Explain } from '../segment/explain'
import { shownName } from '../segment/segments'
import { Answer } from '../shell/state'
import { customerParams } from './name'

/** The segments that a customer is in, each with why, and when that may change. */
export function Memberships({ customer }: { customer: string }) {
  const { t } = useTranslation('customer')
  const [open, setOpen] = useState<string | null>(null)
  const format = useFormat()
  const memberships = useQuery({
    queryKey: ['customers', 'one', customer, 'segments'],
    queryFn: ({ signal }) => ask(client.GET('/v1/customers/{id}/segments', { params: customerParams(customer), signal })),
  })
  return (
    <Answer of={memberships}>
      {(m) =>
        m.segments.length === 0 ? (
          <Text size="sm" className="quiet">
            {t('segments_none')}
          </Text>
        ) : (
          <Accordion value={open} onChange={setOpen} variant="default" chevronPosition="left" styles={{ content: { paddingInline: 0 } }}>
            {m.segments.map((s) => (
              <Accordion.Item key={s.id} value={s.id}>
                <Accordion.Control>
                  <Text fw={550}>{shownName(s)}</Text>
                  <Text size="sm" className="quiet">
                    {s.since === undefined ? t('member') : t('member_since', { at: format.relative(s.since) })}
                    {s.next !== undefined && ` · ${t('member_until', { at: format.relative(s.next) })}`}
                  </Text>
                </Accordion.Control>
                <Accordion.Panel>
                  {open === s.id && (
                    <Stack gap="sm">
                      <Explain text={'@' + s.id} customer={customer} />
                      <Text size="sm" component={Link} to={`/segments/${s.id}`} c="var(--mantine-color-anchor)">
                        {t('to_segment')}
                      </Text>
                    </Stack>
                  )}
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        )
      }
    </Answer>
  )
}
