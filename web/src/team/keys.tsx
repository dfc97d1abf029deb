import { Alert, Badge, Button, Code, Group, Modal, Radio, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client } from '../api/client'
import { useFormat } from '../locale/format'
import { Confirm } from '../shell/confirm'
import { Copy } from '../shell/copy'
import { Panel } from '../shell/panel'
import { Answer, Empty, Failed } from '../shell/state'
import { tell } from '../shell/tell'
import type { Role } from './users'

const keysQuery = { queryKey: ['keys'], queryFn: () => ask(client.GET('/v1/keys')) }

type Key = Awaited<ReturnType<typeof keysQuery.queryFn>>['keys'][number]

const calledKey = (key: Key) => key.name ?? key.id

/** The tab of the keys that programs ask with. */
export function Keys() {
  const { t } = useTranslation('team')
  const keys = useQuery(keysQuery)
  const [making, setMaking] = useState(false)
  return (
    <Panel
      title={t('key.title')}
      about={t('key.about')}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          {t('key.new')}
        </Button>
      }
    >
      <Answer of={keys}>{(list) => (list.keys.length === 0 ? <Empty title={t('key.none')}>{t('key.none_about')}</Empty> : <KeyTable keys={list.keys} />)}</Answer>
      <Modal opened={making} onClose={() => setMaking(false)} title={t('key.new')} centered size="lg" closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
        {making && <KeyForm close={() => setMaking(false)} />}
      </Modal>
    </Panel>
  )
}

function KeyTable({ keys }: { keys: Key[] }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const queries = useQueryClient()
  const [lost, setLost] = useState<Key>()
  const revoke = useMutation({
    mutationFn: (key: Key) => ask(client.DELETE('/v1/keys/{id}', { params: { path: { id: key.id } } })),
    onSuccess: async (_, key) => {
      setLost(undefined)
      tell(t('key.revoked', { name: calledKey(key) }))
      await queries.invalidateQueries({ queryKey: keysQuery.queryKey })
    },
  })
  return (
    <>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('key.name')}</Table.Th>
              <Table.Th>{t('key.kind')}</Table.Th>
              <Table.Th>{t('key.created')}</Table.Th>
              <Table.Th>{t('key.used')}</Table.Th>
              <Table.Th>
                <span className="hidden-visually">{t('actions')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keys.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Td maw={320}>
                  <Text fw={550} className="cut" title={calledKey(key)}>
                    {calledKey(key)}
                  </Text>
                  {key.name !== undefined && <Code>{key.id}</Code>}
                </Table.Td>
                <Table.Td>
                  <Group gap={6}>
                    <Badge variant="default">{t(`key.kinds.${key.kind}`)}</Badge>
                    {key.role !== undefined && <Badge variant="default">{t(`role.${key.role}`, { ns: 'session' })}</Badge>}
                  </Group>
                </Table.Td>
                <Table.Td className="quiet">{format.instant(key.created_at)}</Table.Td>
                <Table.Td className="quiet">{key.used_at === undefined ? t('key.never') : format.day(key.used_at)}</Table.Td>
                <Table.Td ta="end">
                  <Button size="xs" variant="default" c="var(--kith-danger)" onClick={() => setLost(key)} aria-label={t('key.revoke_named', { name: calledKey(key) })}>
                    {t('key.revoke')}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {lost && (
        <Confirm
          title={t('key.revoke_named', { name: calledKey(lost) })}
          confirm={t('key.revoke')}
          error={revoke.error?.message}
          busy={revoke.isPending}
          onConfirm={() => revoke.mutate(lost)}
          onClose={() => setLost(undefined)}
        >
          {t('key.revoke_lost')}
        </Confirm>
      )}
    </>
  )
}

function KeyForm({ close }: { close: () => void }) {
  const { t } = useTranslation('team')
  const queries = useQueryClient()
  const form = useForm({ initialValues: { name: '', kind: 'public' as 'public' | 'secret', role: 'analyst' as Role } })
  const make = useMutation({
    mutationFn: ({ name, kind, role }: typeof form.values) =>
      ask(client.POST('/v1/keys', { body: kind === 'secret' ? { name, secret: true, role } : { name } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
  })
  if (make.data) {
    return (
      <Stack>
        <Alert color="orange" title={t('key.once')}>
          {t('key.once_about')}
        </Alert>
        <Text className="code" p="sm" bd="1px solid var(--kith-line)" style={{ borderRadius: 8 }} tabIndex={0}>
          {make.data.key}
        </Text>
        <Group justify="flex-end">
          <Copy value={make.data.key ?? ''} size="sm" />
          <Button onClick={close}>{t('done', { ns: 'shell' })}</Button>
        </Group>
      </Stack>
    )
  }
  return (
    <form onSubmit={form.onSubmit((v) => make.mutate(v))}>
      <Stack>
        {make.error && <Failed error={make.error} />}
        <TextInput label={t('key.name')} description={t('key.name_about')} maxLength={200} required data-autofocus {...form.getInputProps('name')} />
        <Radio.Group label={t('key.kind')} {...form.getInputProps('kind')}>
          <Stack gap="xs" mt="xs">
            {(['public', 'secret'] as const).map((kind) => (
              <Radio key={kind} value={kind} label={t(`key.kinds.${kind}`)} description={t(`key.kind_about.${kind}`)} />
            ))}
          </Stack>
        </Radio.Group>
        {form.values.kind === 'secret' && (
          <Select
            label={t('role')}
            description={t('key.role_about')}
            allowDeselect={false}
            data={(['editor', 'analyst', 'support'] as const).map((role) => ({ value: role, label: t(`role.${role}`, { ns: 'session' }) }))}
            {...form.getInputProps('role')}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('cancel', { ns: 'shell' })}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t('key.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
