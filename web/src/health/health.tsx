import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useMay } from '../session/session'
import { Page } from '../shell/page'
import { Panel } from '../shell/panel'
import { Answer } from '../shell/state'
import { Fresh } from './fresh'
import classes from './health.module.css'
import { Runs } from './runs'

type Check = Schemas['Check']

const doctorQuery = { queryKey: ['doctor'], queryFn: () => ask(client.GET('/v1/doctor')), staleTime: 30_000 }

/** Whether everything works: the checks, how recent the figures are, and the scoring runs. */
export function HealthPage() {
  const { t } = useTranslation('health')
  const may = useMay()
  return (
    <Page title={t('title')} about={t('about')}>
      <Stack gap="lg">
        <Fresh />
        {may('manage') && <Doctor />}
        <Runs />
      </Stack>
    </Page>
  )
}

function Doctor() {
  const { t } = useTranslation('health')
  const doctor = useQuery(doctorQuery)
  return (
    <Panel
      title={t('checks')}
      about={t('checks_about')}
      actions={
        <Button variant="default" size="xs" leftSection={<IconRefresh size={14} />} loading={doctor.isFetching} onClick={() => void doctor.refetch()}>
          {t('look_again')}
        </Button>
      }
    >
      <Answer of={doctor}>{(d) => <Checks checks={d.checks} ok={d.ok} />}</Answer>
    </Panel>
  )
}

const order: Check['status'][] = ['failed', 'warning', 'ok']

function Checks({ checks, ok }: { checks: Check[]; ok: boolean }) {
  const { t } = useTranslation('health')
  const sorted = [...checks].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
  const warnings = checks.filter((c) => c.status === 'warning').length
  return (
    <Stack gap="sm">
      <Alert color={ok ? (warnings > 0 ? 'orange' : 'petrol') : 'red'} role="status">
        {ok ? (warnings > 0 ? t('warnings', { count: warnings }) : t('all_well')) : t('not_well')}
      </Alert>
      <ul className={classes.checks}>
        {sorted.map((check, i) => (
          <li key={`${check.name} ${i}`} className={classes.check}>
            <Mark status={check.status} />
            <Stack gap={2} miw={0}>
              <Group gap={8}>
                <Text fw={600}>{t(`check.${check.name}`, { defaultValue: check.name })}</Text>
                {check.status !== 'ok' && <Badge variant="default">{t(`status.${check.status}`)}</Badge>}
              </Group>
              <Text size="sm" className="quiet" style={{ overflowWrap: 'anywhere' }}>
                {check.message}
              </Text>
              {check.what_to_do !== undefined && (
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  <b>{t('what_to_do')}</b> {check.what_to_do}
                </Text>
              )}
            </Stack>
          </li>
        ))}
      </ul>
    </Stack>
  )
}

function Mark({ status }: { status: Check['status'] }) {
  const { t } = useTranslation('health')
  const label = t(`status.${status}`)
  if (status === 'failed') return <IconCircleX size={20} color="var(--mantine-color-red-text)" aria-label={label} role="img" />
  if (status === 'warning') return <IconAlertTriangle size={20} color="var(--mantine-color-orange-text)" aria-label={label} role="img" />
  return <IconCircleCheck size={20} color="var(--mantine-color-petrol-text)" aria-label={label} role="img" />
}
