import { Alert, List, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { Panel } from '../shell/panel'
import { Answer, Empty } from '../shell/state'
import { insightQuery, shownName, type Segment } from './segments'

type Insight = Schemas['Insight']

/** What sets a segment apart, and whether it is worth the trouble. */
export function InsightTab({ segment }: { segment: Segment }) {
  const insight = useQuery(insightQuery(segment))
  return <Answer of={insight}>{(i) => <Content insight={i} />}</Answer>
}

function Content({ insight: i }: { insight: Insight }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  if (i.members === 0) return <Empty title={t('nobody')}>{t('nobody_about')}</Empty>
  return (
    <Stack gap="lg">
      <WorthIt insight={i} />
      <Panel title={t('value')} about={t('value_about')}>
        <ValueTable insight={i} />
      </Panel>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Bought title={t('categories')} ranking={i.categories} />
        <Bought title={t('products')} ranking={i.products} />
      </SimpleGrid>
      <Panel title={t('kin')} about={t('kin_about')}>
        <Kin relations={i.similar} />
      </Panel>
      <Text size="sm" className="quiet">
        {t('as_of', { at: format.instant(i.as_of) })}
      </Text>
    </Stack>
  )
}

function WorthIt({ insight: i }: { insight: Insight }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const warned = (code: Insight['warnings'][number]['code']) => i.warnings.some((w) => w.code === code)
  const outcome = i.test.outcome === 'visible' && i.test.baseline?.rate === 0 ? 'no_orders' : i.test.outcome
  const test =
    outcome === 'visible'
      ? t('test.visible', {
          lift: format.share(i.test.smallest_lift ?? 0, 0),
          half: format.count(i.test.per_half),
          rate: format.share(i.test.baseline?.rate ?? 0),
        })
      : t(`test.${outcome}`)
  return (
    <Stack gap="xs">
      {i.warnings.length > 0 && (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle />} title={t('worth_it')}>
          <List size="sm">
            {i.warnings.map((w) => (
              <List.Item key={w.code}>
                {t(`warning.${w.code}`, {
                  members: format.count(i.members),
                  share: format.share(i.share),
                  revenue: i.last_12_months.revenue_share === undefined ? '–' : format.share(i.last_12_months.revenue_share),
                  name: i.containing[0] ? shownName(i.containing[0]) : '',
                })}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {i.containing[0] && !warned('contained') && (
        <Text size="sm">
          {t('contained_in', { share: format.share(i.containing[0].share, 0) })}{' '}
          <Text span component={Link} to={`/segments/${i.containing[0].id}`} c="var(--mantine-color-anchor)" td="underline">
            {shownName(i.containing[0])}
          </Text>{' '}
          ({format.count(i.containing[0].members)})
        </Text>
      )}
      {!(i.test.outcome === 'visible' && warned('untestable')) && <Text size="sm">{test}</Text>}
    </Stack>
  )
}

function ValueTable({ insight: i }: { insight: Insight }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th />
            <Table.Th className="number">{t('members')}</Table.Th>
            <Table.Th className="number">{t('shop')}</Table.Th>
            <Table.Th className="number">{t('share')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(['last_12_months', 'all_time'] as const).map((span) => {
            const v = i[span]
            return [
              <Table.Tr key={span + 'revenue'}>
                <Table.Th scope="row">{t(`net_revenue.${span}`)}</Table.Th>
                <Table.Td className="number">{format.money(v.revenue)}</Table.Td>
                <Table.Td className="number">{format.money(v.shop_revenue)}</Table.Td>
                <Table.Td className="number">{v.revenue_share === undefined ? '–' : format.share(v.revenue_share)}</Table.Td>
              </Table.Tr>,
              <Table.Tr key={span + 'average'}>
                <Table.Th scope="row">{t(`average_order.${span}`)}</Table.Th>
                <Table.Td className="number">{v.average_order === undefined ? '–' : format.money(v.average_order)}</Table.Td>
                <Table.Td className="number">{v.shop_average_order === undefined ? '–' : format.money(v.shop_average_order)}</Table.Td>
                <Table.Td className="number">–</Table.Td>
              </Table.Tr>,
            ]
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Bought({ title, ranking }: { title: string; ranking: Schemas['InsightRanking'] }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  return (
    <Panel title={title} about={t('bought_about')}>
      {ranking.most_bought.length === 0 ? (
        <Text size="sm" className="quiet">
          {t('bought_nothing')}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={360}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('what')}</Table.Th>
                <Table.Th className="number">{t('members')}</Table.Th>
                <Table.Th className="number">{t('others')}</Table.Th>
                <Table.Th className="number">{t('lift')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {ranking.most_bought.slice(0, 10).map((x) => (
                <Table.Tr key={x.value}>
                  <Table.Td w="50%" maw={0} className="cut" title={x.name ?? x.value}>
                    {x.name ?? x.value}
                  </Table.Td>
                  <Table.Td className="number">{format.share(x.members_share)}</Table.Td>
                  <Table.Td className="number">{format.share(x.others_share)}</Table.Td>
                  <Table.Td className="number">{x.lift === undefined ? '–' : `×${format.number(x.lift)}`}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  )
}

function Kin({ relations }: { relations: Schemas['InsightRelation'][] }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  if (relations.length === 0) return <Text size="sm">{t('kin_none')}</Text>
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('name')}</Table.Th>
            <Table.Th className="number">{t('customers')}</Table.Th>
            <Table.Th className="number">{t('in_both')}</Table.Th>
            <Table.Th className="number">{t('jaccard')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {relations.map((r) => (
            <Table.Tr key={r.id}>
              <Table.Td>
                <Text component={Link} to={`/segments/${r.id}`} c="var(--mantine-color-anchor)">
                  {shownName(r)}
                </Text>
              </Table.Td>
              <Table.Td className="number">{format.count(r.members)}</Table.Td>
              <Table.Td className="number">{format.count(r.both)}</Table.Td>
              <Table.Td className="number">{format.share(r.jaccard)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
