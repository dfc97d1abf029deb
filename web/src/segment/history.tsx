import { Badge, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { Chart } from '../chart/chart'
import { customerLink, shownId } from '../customer/name'
import { useFormat } from '../locale/format'
import { Panel } from '../shell/panel'
import { Answer, Empty } from '../shell/state'
import type { Segment } from './segments'

const spans = [30, 90, 365]

function daysAgo(n: number): string {
  return new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10)
}

/** How a segment's size went, and who entered and left. */
export function HistoryTab({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const [span, setSpan] = useState(30)
  const history = useQuery({
    queryKey: ['segments', segment.id, 'history', span],
    queryFn: ({ signal }) =>
      ask(client.GET('/v1/segments/{id}/history', { params: { path: { id: segment.id }, query: { from: daysAgo(span), limit: 50 } }, signal })),
  })
  return (
    <Stack gap="lg">
      <Group justify="flex-end">
        <SegmentedControl
          aria-label={t('span')}
          value={String(span)}
          onChange={(v) => setSpan(Number(v))}
          data={spans.map((n) => ({ value: String(n), label: t('days', { count: n }) }))}
        />
      </Group>
      <Answer of={history}>
        {(h) =>
          h.days.length === 0 && h.transitions.length === 0 ? (
            <Empty title={t('history_none')}>{t('history_none_about')}</Empty>
          ) : (
            <>
              <Panel title={t('sizes')} about={workedOut(h.days, (date) => t('worked_out', { date: format.date(date) }))}>
                {h.days.length < 2 ? (
                  <Text size="sm" className="quiet">
                    {t('first_day')}
                  </Text>
                ) : (
                  <Sizes days={h.days} />
                )}
              </Panel>
              <Panel title={t('moves')} about={t('moves_about')}>
                {h.transitions.length === 0 ? (
                  <Text size="sm" className="quiet">
                    {t('history_none_about')}
                  </Text>
                ) : (
                  <Moves transitions={h.transitions} />
                )}
              </Panel>
            </>
          )
        }
      </Answer>
    </Stack>
  )
}

/** Says until when sizes come from the data, if some do. */
function workedOut(days: Schemas['Day'][], say: (date: string) => string): string | undefined {
  const last = days.findLast((d) => d.worked_out === true)
  return last && say(last.date)
}

function Sizes({ days }: { days: Schemas['Day'][] }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const data = useMemo(
    () => ({ categories: days.map((d) => format.date(d.date)), series: [{ name: t('customers'), values: days.map((d) => d.size) }] }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a Format is made anew each time
    [days, t],
  )
  return <Chart label={t('sizes')} kind="line" {...data} format={(v) => format.count(v)} short={(v) => format.short(v)} />
}

function Moves({ transitions }: { transitions: Schemas['Transition'][] }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('customer')}</Table.Th>
            <Table.Th>{t('change')}</Table.Th>
            <Table.Th>{t('at')}</Table.Th>
            <Table.Th>{t('why')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {transitions.map((x) => (
            <Table.Tr key={x.id}>
              <Table.Td maw={260} className="cut" title={shownId(x.customer)}>
                <Text component={Link} to={customerLink(x.customer)} c="var(--mantine-color-anchor)">
                  {shownId(x.customer)}
                </Text>
              </Table.Td>
              <Table.Td>
                <Badge variant="light" color={x.change === 'entered' ? 'petrol' : 'gray'}>
                  {t(`changes.${x.change}`)}
                </Badge>
              </Table.Td>
              <Table.Td>
                <time dateTime={x.at} title={format.instant(x.at)}>
                  {format.relative(x.at)}
                </time>
              </Table.Td>
              <Table.Td>
                {t(`cause.${x.cause}`)}
                {x.fact !== undefined && <Text span className="quiet"> · {x.fact}</Text>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
