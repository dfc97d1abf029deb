import { Alert, Anchor, Badge, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { Chart } from '../chart/chart'
import { useFormat } from '../locale/format'
import { Grid } from '../rfm/grid'
import { shownName } from '../segment/segments'
import { Page } from '../shell/page'
import { Figure, Panel } from '../shell/panel'
import { Answer, Empty } from '../shell/state'
import { Begin } from './begin'

type Overview = Schemas['Overview']

export const overviewQuery = { queryKey: ['overview'], queryFn: () => ask(client.GET('/v1/overview')), refetchInterval: 30_000 }

/** How the shop is doing, and what needs attention. */
export function OverviewPage() {
  const { t } = useTranslation('overview')
  const overview = useQuery(overviewQuery)
  return (
    <Page title={t('title')}>
      <Answer of={overview}>{(o) => (o.customers === 0 && o.orders === 0 ? <Begin /> : <Content overview={o} />)}</Answer>
    </Page>
  )
}

function Content({ overview: o }: { overview: Overview }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const change = (now: number, before: number) =>
    before > 0 ? t('change', { change: (now >= before ? '+' : '−') + format.share(Math.abs(now / before - 1), 0) }) : undefined
  return (
    <Stack gap="lg">
      {o.attention.length > 0 && <Attention list={o.attention} />}
      <SimpleGrid cols={{ base: 2, md: 3, xl: 6 }}>
        <Figure name={t('customers')} value={format.count(o.customers)} about={t('new_30d', { shown: format.count(o.new_customers_30d) })} />
        <Figure name={t('orders')} value={format.count(o.orders)} about={t('last_30d', { shown: format.count(o.orders_30d) })} />
        <Figure name={t('revenue')} value={format.shortMoney(o.revenue_net)} about={t('last_30d', { shown: format.shortMoney(o.revenue_net_30d) })} />
        <Figure
          name={t('revenue_30d')}
          value={format.shortMoney(o.revenue_net_30d)}
          about={change(Number(o.revenue_net_30d), Number(o.revenue_net_previous_30d))}
        />
        <Figure name={t('average')} value={o.average_order === undefined ? '–' : format.money(o.average_order)} />
        <Figure name={t('repeat')} value={o.repeat_rate === undefined ? '–' : format.share(o.repeat_rate)} about={t('repeat_about', { shown: format.count(o.buyers) })} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Panel title={t('months')} about={t('months_about')}>
          <Months overview={o} />
        </Panel>
        <Panel title={t('rfm')} actions={<Anchor component={Link} to="/rfm" size="sm">{t('more')}</Anchor>}>
          <Grid rfm={o.rfm} />
        </Panel>
      </SimpleGrid>
      <Panel title={t('moved')} about={t('moved_about')} actions={<Anchor component={Link} to="/segments" size="sm">{t('moved_all')}</Anchor>}>
        <Moved overview={o} />
      </Panel>
      <Text size="sm" className="quiet">
        {t('as_of', { at: format.instant(o.as_of) })}
        {o.freshness.last_order_at !== undefined && ` · ${t('last_order', { at: format.relative(o.freshness.last_order_at) })}`}
        {o.freshness.last_event_at !== undefined && ` · ${t('last_event', { at: format.relative(o.freshness.last_event_at) })}`}
        {o.freshness.last_import_at !== undefined && ` · ${t('last_import', { at: format.relative(o.freshness.last_import_at) })}`}
      </Text>
    </Stack>
  )
}

function Months({ overview: o }: { overview: Overview }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  return (
    <Chart
      label={t('months')}
      kind="bar"
      stacked
      categories={o.months.map((m) => format.month(m.month))}
      series={[
        { name: t('returning'), values: o.months.map((m) => Number(m.returning_revenue)) },
        { name: t('new'), values: o.months.map((m) => Number(m.new_customers_revenue)) },
      ]}
      format={(v) => format.shortMoney(String(v))}
      short={(v) => format.short(v)}
    />
  )
}

function Moved({ overview: o }: { overview: Overview }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  if (o.moved.length === 0) return <Empty title={t('moved_none')} />
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('segment')}</Table.Th>
            <Table.Th className="number">{t('size')}</Table.Th>
            <Table.Th className="number">{t('before')}</Table.Th>
            <Table.Th className="number">{t('entered')}</Table.Th>
            <Table.Th className="number">{t('left')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {o.moved.map((m) => (
            <Table.Tr key={m.id}>
              <Table.Td>
                <Text component={Link} to={`/segments/${m.id}`} c="var(--mantine-color-anchor)">
                  {shownName(m)}
                </Text>
              </Table.Td>
              <Table.Td className="number">{format.count(m.size)}</Table.Td>
              <Table.Td className="number">{format.count(m.before)}</Table.Td>
              <Table.Td className="number">{m.entered === undefined ? '–' : format.gain(m.entered)}</Table.Td>
              <Table.Td className="number">{m.left === undefined ? '–' : format.gain(-m.left)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Attention({ list }: { list: Overview['attention'] }) {
  const { t } = useTranslation('overview')
  return (
    <Stack gap="xs">
      {list.map((a) => (
        <Alert key={JSON.stringify(a)} color="orange" variant="light" icon={<IconAlertTriangle />} py="xs">
          <Group gap="xs">
            <Badge variant="default">{t(`attention.${a.kind}.title`)}</Badge>
            <AttentionText attention={a} />
          </Group>
        </Alert>
      ))}
    </Stack>
  )
}

function AttentionText({ attention: a }: { attention: Schemas['FiguresAttention'] }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const text = t(`attention.${a.kind}.about`, {
    count: a.rows ?? 0,
    rows: format.count(a.rows ?? 0),
    facts: a.facts === undefined ? '' : t(`facts.${a.facts}`),
    days: format.count(a.days ?? 0),
    at: a.at === undefined ? '' : format.instant(a.at),
    entries: format.count(a.entries ?? 0),
    name: shownName({ id: a.segment ?? '', name: a.name }),
    before: format.count(a.before ?? 0),
    size: format.count(a.size ?? 0),
    share: format.share(a.revenue_share ?? 0, 0),
  })
  const to = a.kind === 'segment_shrinking' ? `/segments/${a.segment ?? ''}` : a.kind === 'import_refused' ? '/imports' : undefined
  return to === undefined ? (
    <Text size="sm">{text}</Text>
  ) : (
    <Text size="sm" component={Link} to={to} c="inherit" td="underline">
      {text}
    </Text>
  )
}
