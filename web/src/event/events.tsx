import { Alert, Badge, Button, Code, Drawer, Group, Paper, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconMailOff, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useFormat } from '../locale/format'
import { useMay } from '../session/session'
import { Copy } from '../shell/copy'
import { Page } from '../shell/page'
import { Empty } from '../shell/state'
import { readable } from './json'
import { Body, Facts, Opener, Why } from './part'
import { useTail, type TailEvent, type TailState } from './tail'

const statuses = ['accepted', 'refused', 'repeated', 'crawler'] as const

/** The page of events as they come in. */
export function EventsPage() {
  const { t } = useTranslation('event')
  const format = useFormat()
  const [status, setStatus] = useState<TailEvent['status'] | ''>('')
  const [name, setName] = useState('')
  const [asked] = useDebouncedValue(name.trim(), 300)
  const [paused, setPaused] = useState(false)
  const [open, setOpen] = useState<TailEvent>()
  const tail = useTail({ status, name: asked }, paused)
  const all = status === '' && asked === ''
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <Button component={Link} to="/events/dead-letters" variant="default" leftSection={<IconMailOff size={16} />}>
            {t('letter.title')}
          </Button>
          <Button variant="default" leftSection={paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />} onClick={() => setPaused(!paused)}>
            {t(paused ? 'resume' : 'pause')}
          </Button>
        </>
      }
    >
      <Group align="flex-end" gap="sm">
        <Select
          label={t('status_label')}
          allowDeselect={false}
          data={[{ value: '', label: t('all') }, ...statuses.map((s) => ({ value: s, label: t(`statuses.${s}`) }))]}
          value={status}
          onChange={(value) => setStatus(value ?? '')}
          w={{ base: '100%', xs: 220 }}
        />
        <TextInput label={t('name_label')} placeholder={t('name_example')} maxLength={200} value={name} onChange={(e) => setName(e.currentTarget.value)} w={{ base: '100%', xs: 260 }} />
        <State of={tail.state} />
      </Group>
      {tail.state === 'lost' && (
        <Alert color="red" role="alert">
          <Stack align="flex-start" gap="xs">
            <Text size="sm">{t('lost')}</Text>
            <Button size="xs" variant="default" onClick={tail.again}>
              {t('again')}
            </Button>
          </Stack>
        </Alert>
      )}
      {tail.missed > 0 && (
        <Alert color="orange" role="status">
          {t('missed', { count: tail.missed, shown: format.count(tail.missed) })}
        </Alert>
      )}
      <Paper withBorder p="md">
        {tail.events.length > 0 ? <EventTable events={tail.events} open={setOpen} /> : all ? <First /> : <Empty title={t('none_fit')}>{t('none_fit_about')}</Empty>}
      </Paper>
      <Opened of={open} close={() => setOpen(undefined)} />
    </Page>
  )
}

/** Whether events come as they happen. */
function State({ of }: { of: TailState }) {
  const { t } = useTranslation('event')
  return (
    <Text role="status" size="sm" className="quiet" py={8} flex="1 1 160px">
      {of === 'live' && t('live')}
      {of === 'connecting' && t('connecting')}
      {of === 'paused' && t('paused')}
    </Text>
  )
}

/** Events, the newest first. */
export function EventTable({ events, open }: { events: TailEvent[]; open: (e: TailEvent) => void }) {
  const { t } = useTranslation('event')
  const format = useFormat()
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('at')}</Table.Th>
            <Table.Th>{t('status')}</Table.Th>
            <Table.Th>{t('event')}</Table.Th>
            <Table.Th>{t('customer')}</Table.Th>
            <Table.Th>{t('reason')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map((e) => (
            <Table.Tr key={e.id} onClick={() => open(e)} style={{ cursor: 'pointer' }}>
              <Table.Td className="quiet" title={format.instant(e.at)} style={{ whiteSpace: 'nowrap' }}>
                {format.clock(e.at)}
              </Table.Td>
              <Table.Td>
                <Status of={e.status} />
              </Table.Td>
              <Table.Td maw={260}>
                <Opener name={called(e) ?? t('unnamed')} label={t('open', { name: called(e) ?? t('unnamed') })} open={() => open(e)} />
                {e.event !== undefined && e.kind !== undefined && e.kind !== 'track' && (
                  <Text size="xs" className="quiet">
                    {e.kind}
                  </Text>
                )}
              </Table.Td>
              <Table.Td maw={220} className="cut" title={e.customer}>
                {e.customer}
              </Table.Td>
              <Table.Td maw={320} style={{ overflowWrap: 'anywhere' }}>
                <Why column={e.column} reason={e.reason} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

const called = (e: TailEvent) => e.event ?? e.kind

function Status({ of }: { of: TailEvent['status'] }) {
  const { t } = useTranslation('event')
  return (
    <Badge variant="default" c={of === 'refused' ? 'var(--kith-danger)' : undefined}>
      {t(`statuses.${of}`)}
    </Badge>
  )
}

/** All that is known of an event. */
function Opened({ of, close }: { of: TailEvent | undefined; close: () => void }) {
  const { t } = useTranslation('event')
  const format = useFormat()
  const title = of === undefined ? '' : (called(of) ?? t('unnamed'))
  return (
    <Drawer opened={of !== undefined} onClose={close} title={title} position="right" size="lg" closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      {of !== undefined && (
        <Stack>
          <Group gap="xs">
            <Status of={of.status} />
            <Why column={of.column} reason={of.reason} />
          </Group>
          <Facts
            of={[
              [t('at'), format.instant(of.at)],
              [t('customer'), of.customer],
              [t('key'), of.key],
              [t('message_id'), of.message_id],
            ]}
          />
          <Body text={of.body === undefined ? undefined : readable(of.body)} cut={of.cut === true} />
        </Stack>
      )}
    </Drawer>
  )
}

/** How the first event is sent. */
function First() {
  const { t } = useTranslation('event')
  const may = useMay()
  const command = `curl ${location.origin}/v1/events \\
  -H "Authorization: Bearer kith_pk_..." \\
  -H "Content-Type: application/json" \\
  -d '{"event": "Product Viewed", "userId": "ana", "properties": {"product_id": "lamp"}}'`
  return (
    <Stack align="center" gap="sm" py={48} px="md" maw={760} mx="auto">
      <Text component="h2" fw={600} ta="center">
        {t('none')}
      </Text>
      <Text className="quiet" ta="center">
        {t('none_about')}
      </Text>
      <Code block className="code" w="100%" tabIndex={0}>
        {command}
      </Code>
      <Group>
        <Copy value={command} size="sm" />
        {may('manage') && (
          <Button component={Link} to="/settings/keys" variant="default" size="sm">
            {t('none_keys')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}
