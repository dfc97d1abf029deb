import { Anchor, Badge, Button, Table, Text } from '@mantine/core'
import { IconDownload, IconFileImport, IconFlask } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { ask, client, spoken } from '../api/client'
import { useFormat } from '../locale/format'
import { useShop } from '../setting/shop'
import { More } from '../shell/more'
import { Page } from '../shell/page'
import { Answer, Empty } from '../shell/state'
import { isOver, type Job } from './imports'
import { stateColours } from './states'

/** Every import the shop ever had. */
export function ImportsPage() {
  const { t } = useTranslation('import')
  const shop = useShop()
  const imports = useInfiniteQuery({
    queryKey: ['imports'],
    queryFn: ({ pageParam }) => ask(client.GET('/v1/imports', { params: { query: { limit: 50, ...(pageParam === undefined ? {} : { after: pageParam }) } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => (query.state.data?.pages[0]?.imports.some((job) => !isOver(job)) ? 3000 : false),
  })
  const begin = (
    <>
      <Button component={Link} to="/imports/new" leftSection={<IconFileImport size={16} />}>
        {t('new.title')}
      </Button>
      {shop?.has_facts === false && (
        <Button component={Link} to="/imports/demo" variant="default" leftSection={<IconFlask size={16} />}>
          {t('demo.title')}
        </Button>
      )}
    </>
  )
  return (
    <Page title={t('title')} about={t('about')} actions={begin}>
      <Answer of={imports}>
        {(pages) => {
          const jobs = pages.pages.flatMap((page) => page.imports)
          return jobs.length === 0 ? <Empty title={t('none')}>{t('none_about')}</Empty> : <History jobs={jobs} />
        }}
      </Answer>
      <More of={imports} />
    </Page>
  )
}

function History({ jobs }: { jobs: Job[] }) {
  const { t } = useTranslation('import')
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('when')}</Table.Th>
            <Table.Th>{t('what')}</Table.Th>
            <Table.Th>{t('state')}</Table.Th>
            <Table.Th className="number">{t('rows')}</Table.Th>
            <Table.Th className="number">{t('accepted')}</Table.Th>
            <Table.Th className="number">{t('refused.rows')}</Table.Th>
            <Table.Th>{t('by')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {jobs.map((job) => (
            <Row key={job.id} job={job} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Row({ job }: { job: Job }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const { result: r } = job
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Text component={Link} to={`/imports/${job.id}`} c="var(--mantine-color-anchor)">
          {format.instant(job.created_at)}
        </Text>
      </Table.Td>
      <Table.Td maw={220}>
        <Text fw={550}>{t(`kinds.${job.kind}`)}</Text>
        <Text size="sm" className="quiet cut" title={job.files.join(', ')}>
          {job.files.join(', ')}
        </Text>
      </Table.Td>
      <Table.Td maw={220}>
        <Badge color={stateColours[job.state]} variant="light">
          {r?.unchanged ? t('states.unchanged') : t(`states.${job.state}`)}
        </Badge>
        {job.problem && (
          <Text size="sm" className="quiet" lineClamp={2} title={job.problem.message}>
            {job.problem.message}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="number">{r ? format.count(r.rows) : '–'}</Table.Td>
      <Table.Td className="number">{r ? format.count(r.accepted) : '–'}</Table.Td>
      <Table.Td className="number">
        {job.rejects ? (
          <Anchor href={spoken(`/v1/imports/jobs/${encodeURIComponent(job.id)}/rejects`)} download={`${job.id}.rejects.txt`} aria-label={t('refused.get', { shown: format.count(r?.refused ?? 0) })}>
            <IconDownload size={14} aria-hidden style={{ verticalAlign: '-2px' }} /> {format.count(r?.refused ?? 0)}
          </Anchor>
        ) : r ? (
          format.count(r.refused)
        ) : (
          '–'
        )}
      </Table.Td>
      <Table.Td maw={150}>
        <Text size="sm" className="cut" title={job.actor}>
          {job.actor ?? '–'}
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}
