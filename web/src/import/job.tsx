import { Alert, Badge, Button, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconDownload, IconFileImport, IconUsersGroup } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, spoken } from '../api/client'
import { useFormat } from '../locale/format'
import { Confirm } from '../shell/confirm'
import { Page } from '../shell/page'
import { Figure, Panel } from '../shell/panel'
import { Answer } from '../shell/state'
import { isOver, jobQuery, kinds, useJob, type Job } from './imports'
import { RefusedTable } from './reading'
import { useSize } from './size'
import { stateColours } from './states'

const route = getRouteApi('/frame/imports/$id')

/** One import: how far it is, then what came of it. */
export function JobPage() {
  const { t } = useTranslation('import')
  const { id } = route.useParams()
  const job = useJob(id)
  const title = job.data ? t(`job.title.${job.data.kind}`) : t('job.one')
  return (
    <Page title={title} about={job.data?.files.join(', ')} actions={job.data && <Badge size="lg" color={stateColours[job.data.state]} variant="light">{t(`states.${job.data.state}`)}</Badge>}>
      <Answer of={job}>{(j) => (isOver(j) ? <Outcome job={j} /> : <Running job={j} />)}</Answer>
    </Page>
  )
}

function Running({ job }: { job: Job }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const size = useSize()
  const queries = useQueryClient()
  const [sure, setSure] = useState(false)
  const cancel = useMutation({
    mutationFn: () => ask(client.DELETE('/v1/imports/jobs/{id}', { params: { path: { id: job.id } } })),
    onSuccess: (now) => {
      setSure(false)
      queries.setQueryData(jobQuery(job.id).queryKey, now)
    },
  })
  const p = job.progress
  const share = p === undefined || p.total === 0 ? 0 : p.bytes / p.total
  const loading = p !== undefined && (p.stage === 'making' || (p.total > 0 && p.bytes >= p.total))
  return (
    <Panel title={t('job.goes_on')} about={t('job.may_leave')}>
      <Stack aria-live="polite" gap="xs">
        {p === undefined ? (
          <Text>{job.state === 'waiting' && (job.ahead ?? 0) > 0 ? t('job.waits', { count: job.ahead ?? 0, shown: format.count(job.ahead ?? 0) }) : t('job.begins')}</Text>
        ) : (
          <Group justify="space-between">
            <Text>
              {t(p.stage !== 'making' && loading ? 'job.loads' : `job.stage.${p.stage}`)}
              {p.steps > 1 && ` · ${t('job.step', { step: format.count(p.step), steps: format.count(p.steps) })}`}
            </Text>
            {p.total > 0 && !loading && (
              <Text size="sm" className="quiet">
                {t('job.read', { rows: format.count(p.rows), bytes: size(p.bytes), total: size(p.total) })}
              </Text>
            )}
          </Group>
        )}
        <Progress size="lg" value={loading || p === undefined ? 100 : share * 100} animated={loading || p === undefined} striped={loading || p === undefined} aria-label={t('job.goes_on')} />
      </Stack>
      <Group>
        <Button variant="default" onClick={() => setSure(true)}>
          {t('job.cancel')}
        </Button>
      </Group>
      {sure && (
        <Confirm title={t('job.cancel')} confirm={t('job.cancel')} error={cancel.error?.message} busy={cancel.isPending} onConfirm={() => cancel.mutate()} onClose={() => setSure(false)}>
          {t(job.kind === 'demo' ? 'job.cancel_demo' : 'job.cancel_lost')}
        </Confirm>
      )}
    </Panel>
  )
}

function Outcome({ job }: { job: Job }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const r = job.result
  return (
    <Stack gap="lg">
      {job.problem && (
        <Alert color={r ? 'orange' : 'red'} title={t(r ? 'job.followed' : `job.why.${job.state}`)} role="alert">
          <Text size="sm">
            {job.problem.message}
          </Text>
        </Alert>
      )}
      {r?.unchanged && <Alert color="gray">{t('job.unchanged')}</Alert>}
      {r && (
        <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }}>
          <Figure name={t('rows')} value={format.count(r.rows)} about={job.seconds === undefined ? undefined : t('job.seconds', { seconds: format.number(job.seconds, 1) })} />
          <Figure name={t('accepted')} value={format.count(r.accepted)} />
          <Figure name={t('refused.rows')} value={format.count(r.refused)} about={r.refused > 0 && r.rows > 0 ? format.share(r.refused / r.rows) : undefined} />
          <Figure name={t('result.customers')} value={format.count(r.customers)} />
          <Figure name={t('result.orders')} value={format.count(r.orders)} about={r.items > 0 ? t('result.items', { count: r.items, shown: format.count(r.items) }) : undefined} />
          <Figure name={t('result.refunds')} value={format.count(r.refunds)} />
        </SimpleGrid>
      )}
      {job.rejects && <Rejects job={job} />}
      <Next job={job} />
    </Stack>
  )
}

function Rejects({ job }: { job: Job }) {
  const { t } = useTranslation('import')
  const size = useSize()
  const format = useFormat()
  const rows = useQuery({
    queryKey: ['import', job.id, 'rejects'],
    queryFn: () => ask(client.GET('/v1/imports/jobs/{id}/rejects/rows', { params: { path: { id: job.id } } })),
    staleTime: Infinity,
  })
  const [all, setAll] = useState(false)
  return (
    <Panel
      title={t('refused.rows')}
      about={t('refused.mend')}
      actions={
        <Button component="a" href={spoken(`/v1/imports/jobs/${encodeURIComponent(job.id)}/rejects`)} download={`${job.id}.rejects.txt`} variant="default" leftSection={<IconDownload size={16} />}>
          {t('refused.download', { size: size(job.rejects?.bytes ?? 0) })}
        </Button>
      }
    >
      <Answer of={rows}>
        {(r) => (
          <Stack gap="xs">
            <RefusedTable rows={all ? r.rows : r.rows.slice(0, 10)} />
            {!all && r.rows.length > 10 && (
              <Group>
                <Button size="xs" variant="default" onClick={() => setAll(true)}>
                  {t('refused.show', { shown: format.count(r.rows.length) })}
                </Button>
              </Group>
            )}
            {all && r.more && <Text size="sm" className="quiet">{t('refused.more')}</Text>}
            {r.cut && <Text size="sm" className="quiet">{t('refused.cut')}</Text>}
          </Stack>
        )}
      </Answer>
    </Panel>
  )
}

function Next({ job }: { job: Job }) {
  const { t } = useTranslation('import')
  const nothing = job.result?.accepted === 0 && !job.result.unchanged
  if (nothing || (job.state !== 'done' && job.result === undefined)) {
    return (
      <Group>
        <Button component={Link} to={job.kind === 'demo' ? '/imports/demo' : '/imports/new'} leftSection={<IconFileImport size={16} />}>
          {t('job.again')}
        </Button>
      </Group>
    )
  }
  const others = kinds.filter((kind) => kind !== job.kind && kind !== 'rates' && kind !== 'events')
  return (
    <Panel title={t('next_steps')} about={t('next_about')}>
      <Group gap="xs">
        <Button component={Link} to="/segments" leftSection={<IconUsersGroup size={16} />}>
          {t('see_segments')}
        </Button>
        <Button component={Link} to="/" variant="default">
          {t('see_overview')}
        </Button>
        {job.kind !== 'demo' &&
          others.map((kind) => (
            <Button key={kind} renderRoot={(props) => <Link to="/imports/new" search={{ kind }} {...props} />} variant="default" leftSection={<IconFileImport size={16} />}>
              {t(`import_kind.${kind}`)}
            </Button>
          ))}
      </Group>
    </Panel>
  )
}
