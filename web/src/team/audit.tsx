import { Alert, Autocomplete, Button, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconDownload, IconShieldCheck } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { More } from '../shell/more'
import { Panel } from '../shell/panel'
import { Answer, Empty, Failed } from '../shell/state'

type Entry = Schemas['AuditEntry']

// What is most often looked for; anything else can be typed.
const actions = ['session', 'session.failed', 'user', 'key', 'settings', 'segment', 'import', 'webhook', 'export']

/** The tab of the audit log: who did what. */
export function Audit() {
  const { t } = useTranslation('team')
  const [actor, setActor] = useState('')
  const [action, setAction] = useState('')
  const [actorAsked] = useDebouncedValue(actor.trim(), 300)
  const [actionAsked] = useDebouncedValue(action.trim(), 300)
  const audit = useInfiniteQuery({
    queryKey: ['audit', actorAsked, actionAsked],
    queryFn: ({ pageParam, signal }) =>
      ask(
        client.GET('/v1/audit', {
          params: {
            query: {
              limit: 50,
              ...(actorAsked === '' ? {} : { actor: actorAsked }),
              ...(actionAsked === '' ? {} : { action: actionAsked }),
              ...(pageParam === undefined ? {} : { after: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  return (
    <Panel
      title={t('audit.title')}
      about={t('audit.about')}
      actions={
        <Button component="a" href="/v1/audit/export" download="kith-audit.jsonl" variant="default" leftSection={<IconDownload size={16} />}>
          {t('audit.export')}
        </Button>
      }
    >
      <Group align="flex-end" gap="sm">
        <TextInput label={t('audit.actor')} placeholder={t('audit.actor_example')} value={actor} onChange={(e) => setActor(e.currentTarget.value)} />
        <Autocomplete label={t('audit.action')} placeholder="user.change" data={actions} value={action} onChange={setAction} />
        <Verify />
      </Group>
      <Answer of={audit}>
        {(pages) => {
          const entries = pages.pages.flatMap((page) => page.entries)
          return entries.length === 0 ? <Empty title={t('audit.none')} /> : <Entries entries={entries} />
        }}
      </Answer>
      <More of={audit} />
    </Panel>
  )
}

function Entries({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table verticalSpacing={6} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th className="number">{t('audit.number')}</Table.Th>
            <Table.Th>{t('audit.at')}</Table.Th>
            <Table.Th>{t('audit.actor')}</Table.Th>
            <Table.Th>{t('audit.action')}</Table.Th>
            <Table.Th>{t('audit.object')}</Table.Th>
            <Table.Th>{t('audit.detail')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.number}>
              <Table.Td className="number">{format.count(entry.number)}</Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{format.instant(entry.at)}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{entry.actor}</Table.Td>
              <Table.Td>
                <code>{entry.action}</code>
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{entry.object}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }} className="quiet">
                {entry.detail}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Verify() {
  const { t } = useTranslation('team')
  const format = useFormat()
  const verify = useMutation({ mutationFn: () => ask(client.GET('/v1/audit/verify')) })
  const broken = verify.data?.broken
  return (
    <>
      <Button variant="default" leftSection={<IconShieldCheck size={16} />} loading={verify.isPending} onClick={() => verify.mutate()}>
        {t('audit.verify')}
      </Button>
      {verify.error && <Failed error={verify.error} />}
      {verify.data && (
        <Stack w="100%">
          <Alert color={broken ? 'red' : 'petrol'} role="status">
            {broken
              ? t('audit.broken', { shown: format.count(broken.number), reason: broken.reason })
              : t('audit.whole', { shown: format.count(verify.data.number) })}
            {!broken && (
              <Text size="xs" className="code">
                {verify.data.hash}
              </Text>
            )}
          </Alert>
        </Stack>
      )}
    </>
  )
}
