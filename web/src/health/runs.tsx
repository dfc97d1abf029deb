import { Button, Table, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { useMay } from '../session/session'
import { More } from '../shell/more'
import { Panel } from '../shell/panel'
import { Answer, Empty, Failed } from '../shell/state'
import { tell } from '../shell/tell'

type Run = Schemas['ScoringRun']

/** The scoring runs, and a way to begin one. */
export function Runs() {
  const { t } = useTranslation('health')
  const may = useMay()
  const format = useFormat()
  const queries = useQueryClient()
  const runs = useInfiniteQuery({
    queryKey: ['runs'],
    queryFn: ({ pageParam }) => ask(client.GET('/v1/runs', { params: { query: { limit: 20, ...(pageParam === undefined ? {} : { after: pageParam }) } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })
  const score = useMutation({
    mutationFn: () => ask(client.POST('/v1/score')),
    onSuccess: (run) => {
      tell(t('runs.done', { seconds: format.number(run.seconds, 1) }))
      void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
    },
  })
  return (
    <Panel
      title={t('runs.title')}
      about={t('runs.about')}
      actions={
        may('manage') && (
          <Button leftSection={<IconPlayerPlay size={16} />} loading={score.isPending} onClick={() => score.mutate()}>
            {t('runs.now')}
          </Button>
        )
      }
    >
      {score.error && <Failed error={score.error} />}
      <Answer of={runs}>
        {(pages) => {
          const list = pages.pages.flatMap((page) => page.runs)
          return list.length === 0 ? <Empty title={t('runs.none')}>{t('runs.none_about')}</Empty> : <RunTable runs={list} />
        }}
      </Answer>
      <More of={runs} />
    </Panel>
  )
}

function RunTable({ runs }: { runs: Run[] }) {
  const { t } = useTranslation('health')
  const format = useFormat()
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th className="number">{t('runs.number')}</Table.Th>
            <Table.Th>{t('runs.at')}</Table.Th>
            <Table.Th className="number">{t('runs.customers')}</Table.Th>
            <Table.Th className="number">{t('runs.changed')}</Table.Th>
            <Table.Th>{t('runs.groups')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Table.Tr key={run.run}>
              <Table.Td className="number">{format.count(run.run)}</Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{format.instant(run.at)}</Table.Td>
              <Table.Td className="number">{format.count(run.customers)}</Table.Td>
              <Table.Td className="number">{format.count(run.changed)}</Table.Td>
              <Table.Td miw={280}>
                <Groups run={run} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Groups({ run }: { run: Run }) {
  const { t } = useTranslation('rfm')
  const format = useFormat()
  const most = [...run.groups].sort((a, b) => b.customers - a.customers).slice(0, 4)
  return (
    <Text size="sm" className="quiet">
      {most.map((g) => `${t(`name.${g.group}`, { defaultValue: g.group })} ${format.count(g.customers)}`).join(' · ')}
    </Text>
  )
}
