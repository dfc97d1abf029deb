import { Group, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { newSegment } from '../segment/segments'
import { Page } from '../shell/page'
import { Panel } from '../shell/panel'
import { Answer, Empty } from '../shell/state'
import { Grid } from './grid'

type RFM = Schemas['RFM']

const rfmQuery = { queryKey: ['rfm'], queryFn: () => ask(client.GET('/v1/rfm')) }

/** Recency against frequency and monetary, and the groups that they make. */
export function RFMPage() {
  const { t } = useTranslation('rfm')
  const rfm = useQuery(rfmQuery)
  return (
    <Page title={t('title')} about={t('about')}>
      <Answer of={rfm}>
        {(r) =>
          r.customers === 0 ? (
            <Empty title={t('none')}>{t('none_about')}</Empty>
          ) : (
            <SimpleGrid cols={{ base: 1, xl: 2 }} spacing="lg">
              <Panel title={t('grid')} about={t('grid_about')}>
                <Grid rfm={r} />
              </Panel>
              <Panel title={t('groups')} about={t('groups_about')}>
                <Groups rfm={r} />
              </Panel>
            </SimpleGrid>
          )
        }
      </Answer>
    </Page>
  )
}

function Groups({ rfm }: { rfm: RFM }) {
  const { t } = useTranslation('rfm')
  const format = useFormat()
  return (
    <Stack gap="xs">
      <Table.ScrollContainer minWidth={480}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('group')}</Table.Th>
              <Table.Th className="number">{t('customers')}</Table.Th>
              <Table.Th className="number">{t('share')}</Table.Th>
              <Table.Th className="number">{t('orders')}</Table.Th>
              <Table.Th className="number">{t('revenue')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rfm.groups.map((g) => (
              <Table.Tr key={g.name}>
                <Table.Td>
                  <Text component={Link} to={newSegment(g.text, t(`name.${g.name}`))} c="var(--mantine-color-anchor)">
                    {t(`name.${g.name}`)}
                  </Text>
                </Table.Td>
                <Table.Td className="number">{format.count(g.customers)}</Table.Td>
                <Table.Td className="number">{format.share(g.share)}</Table.Td>
                <Table.Td className="number">{format.count(g.orders)}</Table.Td>
                <Table.Td className="number">{format.shortMoney(g.revenue)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="space-between">
        <Text size="sm" className="quiet">
          {t('prospects', { count: rfm.prospects, shown: format.count(rfm.prospects) })}
        </Text>
        <Text size="sm" className="quiet">
          {t('as_of', { at: format.instant(rfm.as_of) })}
        </Text>
      </Group>
    </Stack>
  )
}
