import { Alert, Badge, Button, Code, Group, List, Paper, Select, Stack, Table, Text } from '@mantine/core'
import { IconArrowLeft, IconRepeat } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { useMay } from '../session/session'
import { Confirm } from '../shell/confirm'
import { More } from '../shell/more'
import { Page } from '../shell/page'
import { Answer, Empty } from '../shell/state'
import { calledKey, keysQuery } from '../team/keylist'
import { OpenedLetter } from './deadletter'
import { kinds, lettersKey, lettersQuery, states, type Letter, type Wanted } from './letters'
import { Opener, Why } from './part'

const shownReasons = 10

/** The page of events that have no effect as they are. */
export function DeadLettersPage() {
  const { t } = useTranslation('event')
  const format = useFormat()
  const may = useMay()
  const [wanted, setWanted] = useState<Wanted>({ state: 'open', kind: '', key: '' })
  const [open, setOpen] = useState<string>()
  const letters = useInfiniteQuery({ ...lettersQuery(wanted), placeholderData: keepPreviousData })
  const last = letters.data?.pages.at(-1)
  return (
    <Page
      title={t('letter.title')}
      about={t('letter.about')}
      actions={
        <Button component={Link} to="/events" variant="default" leftSection={<IconArrowLeft size={16} />}>
          {t('title')}
        </Button>
      }
    >
      <Group align="flex-end" gap="sm">
        <Filters of={wanted} set={setWanted} />
        {may('import') && <ReplayAll of={wanted} open={last?.open ?? 0} />}
      </Group>
      {last !== undefined && last.left_out > 0 && <Alert color="orange">{t('letter.left_out', { count: last.left_out, shown: format.count(last.left_out) })}</Alert>}
      <Paper withBorder p="md">
        <Answer of={letters}>
          {({ pages }) => {
            const list = pages.flatMap((p) => p.letters)
            if (list.length > 0) return <LetterTable letters={list} open={setOpen} />
            return last?.open === 0 && wanted.state === 'open' ? (
              <Empty title={t('letter.none')}>{t('letter.none_about')}</Empty>
            ) : (
              <Empty title={t('letter.none_fit')}>{t('letter.none_fit_about')}</Empty>
            )
          }}
        </Answer>
        <More of={letters} />
      </Paper>
      {open !== undefined && <OpenedLetter id={open} close={() => setOpen(undefined)} />}
    </Page>
  )
}

function Filters({ of, set }: { of: Wanted; set: (w: Wanted) => void }) {
  const { t } = useTranslation('event')
  const may = useMay()
  const keys = useQuery({ ...keysQuery, enabled: may('manage') }).data?.keys ?? []
  const choice = (name: keyof Wanted, data: { value: string; label: string }[]) => (
    <Select
      label={t(`letter.${name}`)}
      allowDeselect={false}
      data={[{ value: '', label: t(`letter.any_${name}`) }, ...data]}
      value={of[name]}
      onChange={(value) => set({ ...of, [name]: value ?? '' })}
      w={{ base: '100%', xs: 220 }}
    />
  )
  return (
    <>
      {choice('state', states.map((s) => ({ value: s, label: t(`letter.states.${s}`) })))}
      {choice('kind', kinds.map((k) => ({ value: k, label: t(`letter.kinds.${k}`) })))}
      {keys.length > 0 && choice('key', keys.map((k) => ({ value: k.id, label: calledKey(k) })))}
    </>
  )
}

function LetterTable({ letters, open }: { letters: Letter[]; open: (id: string) => void }) {
  const { t } = useTranslation('event')
  const format = useFormat()
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('at')}</Table.Th>
            <Table.Th>{t('letter.kind')}</Table.Th>
            <Table.Th>{t('event')}</Table.Th>
            <Table.Th>{t('reason')}</Table.Th>
            <Table.Th>{t('letter.state')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {letters.map((l) => (
            <Table.Tr key={l.id} onClick={() => open(l.id)} style={{ cursor: 'pointer' }}>
              <Table.Td className="quiet" style={{ whiteSpace: 'nowrap' }}>
                {format.instant(l.at)}
              </Table.Td>
              <Table.Td>
                <Badge variant="default">{t(`letter.kinds.${l.kind}`)}</Badge>
              </Table.Td>
              <Table.Td maw={260}>
                <Opener name={l.event ?? t('unnamed')} label={t('letter.open', { name: l.event ?? t('unnamed'), id: l.id })} open={() => open(l.id)} />
              </Table.Td>
              <Table.Td maw={420}>
                <Why column={l.column} reason={l.reason} />
              </Table.Td>
              <Table.Td className="quiet">{t(`letter.states.${l.state}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** Sends all again that are open and of the kind and key chosen. */
function ReplayAll({ of, open }: { of: Wanted; open: number }) {
  const { t } = useTranslation('event')
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const send = useMutation({
    mutationFn: () => ask(client.POST('/v1/dead-letters/replay', { body: { ...(of.kind === '' ? {} : { kind: of.kind }), ...(of.key === '' ? {} : { key: of.key }) } })),
    onSuccess: () => setAsking(false),
    onSettled: () => queries.invalidateQueries({ queryKey: lettersKey }),
  })
  return (
    <>
      <Button variant="default" leftSection={<IconRepeat size={16} />} disabled={open === 0} onClick={() => setAsking(true)}>
        {t('letter.all')}
      </Button>
      {send.data && <Sent of={send.data} />}
      {asking && (
        <Confirm
          title={t('letter.all')}
          confirm={t('letter.send')}
          harmless
          error={send.error?.message}
          busy={send.isPending}
          onConfirm={() => send.mutate()}
          onClose={() => {
            send.reset()
            setAsking(false)
          }}
        >
          {t(of.kind === '' && of.key === '' ? 'letter.all_about' : 'letter.chosen_about')}
        </Confirm>
      )}
    </>
  )
}

/** What came of sending many again. */
function Sent({ of }: { of: Schemas['DeadLettersReplayed'] }) {
  const { t } = useTranslation('event')
  const format = useFormat()
  return (
    <Alert color={of.wrong > 0 ? 'orange' : 'petrol'} role="status" w="100%">
      <Stack gap="xs">
        <Text size="sm">
          {t('letter.sent', { count: of.replayed, shown: format.count(of.replayed) })} {of.wrong > 0 && t('letter.wrong', { count: of.wrong, shown: format.count(of.wrong) })}
        </Text>
        {of.reasons.length > 0 && (
          <List size="sm">
            {of.reasons.slice(0, shownReasons).map((r) => (
              <List.Item key={r.id}>
                <Code>{r.id}</Code> <Why column={r.column} reason={r.reason} />
              </List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Alert>
  )
}
