import { Badge, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { ask, client, Problem, type Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { Page } from '../shell/page'
import { Figure, Panel } from '../shell/panel'
import { Answer, Empty } from '../shell/state'
import { Carts } from './cart'
import { customerName, customerParams, shownId } from './name'
import { Memberships } from './segments'
import { Timeline } from './timeline'

type Customer = Schemas['Customer']

/** One customer: who they are, what they are worth, which segments they are in and why, and what happened. */
export function CustomerPage() {
  const { t } = useTranslation('customer')
  const { id: path } = useParams({ from: '/frame/customers/$id' })
  const { id = path } = useSearch({ from: '/frame/customers/$id' })
  const customer = useQuery({
    queryKey: ['customers', 'one', id],
    queryFn: ({ signal }) => ask(client.GET('/v1/customers/{id}', { params: customerParams(id), signal })),
  })
  if (customer.error instanceof Problem && customer.error.status === 404) {
    return (
      <Page title={t('title')}>
        <Empty title={t('unknown')}>{t('unknown_about', { id: shownId(id) })}</Empty>
      </Page>
    )
  }
  return <Answer of={customer}>{(c) => <Content customer={c} />}</Answer>
}

function Content({ customer: c }: { customer: Customer }) {
  const { t } = useTranslation('customer')
  const format = useFormat()
  const trait = (name: string) => c.traits.find((x) => x.name === name)?.value
  const name = customerName({ id: c.id, first_name: trait('first_name'), last_name: trait('last_name') })
  return (
    <Page title={name} about={c.exists_from === undefined ? undefined : t('since', { at: format.day(c.exists_from) })}>
      <Stack gap="lg">
        <Group gap="xs">
          <Badge variant="light">{t(`stage.${c.stage}`)}</Badge>
          {c.scores['rfm.group'] !== undefined && <Badge variant="default">{t(`name.${c.scores['rfm.group']}`, { ns: 'rfm' })}</Badge>}
        </Group>
        <SimpleGrid cols={{ base: 2, md: 4 }}>
          <Figure name={t('column.orders')} value={format.count(c.orders.count)} about={c.orders.first === undefined ? undefined : t('first', { at: format.day(c.orders.first) })} />
          <Figure name={t('column.revenue')} value={format.money(c.orders.revenue)} />
          <Figure name={t('column.average')} value={c.orders.count === 0 ? '–' : format.money(c.orders.average)} />
          <Figure name={t('column.last_order')} value={c.orders.last === undefined ? '–' : format.relative(c.orders.last)} about={c.orders.last === undefined ? undefined : format.day(c.orders.last)} />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <Stack gap="lg">
            <Panel title={t('segments')} about={t('segments_about')}>
              <Memberships customer={c.id} />
            </Panel>
            <Carts customer={c} />
            <Panel title={t('who')}>
              <Who customer={c} />
            </Panel>
          </Stack>
          <Panel title={t('timeline')}>
            <Timeline customer={c.id} />
          </Panel>
        </SimpleGrid>
      </Stack>
    </Page>
  )
}

function Who({ customer: c }: { customer: Customer }) {
  const { t, i18n } = useTranslation('customer')
  const format = useFormat()
  const value = (name: string, text: string) => {
    if (name === 'country') return format.country(text)
    if (text === 'true' || text === 'false') return t(text === 'true' ? 'yes' : 'no')
    return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? format.instant(text) : text
  }
  return (
    <Stack gap="md">
      <Table layout="fixed" variant="vertical">
        <Table.Tbody>
          {c.traits.map((x) => (
            <Table.Tr key={x.name}>
              <Table.Th w="40%" style={{ overflowWrap: 'anywhere' }}>{i18n.exists(`customer:trait.${x.name}`) ? t(`trait.${x.name}`) : x.name}</Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {value(x.name, x.value)}
                {x.since !== undefined && (
                  <Text size="xs" className="quiet">
                    {t('since', { at: format.day(x.since) })}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Table layout="fixed" variant="vertical">
        <Table.Caption>{t('keys_about')}</Table.Caption>
        <Table.Tbody>
          {c.keys.map((k) => (
            <Table.Tr key={`${k.kind} ${k.value}`}>
              <Table.Th w="40%" style={{ overflowWrap: 'anywhere' }}>{t(`key.${k.kind}`)}</Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{k.value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  )
}
