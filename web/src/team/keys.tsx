import { ActionIcon, Badge, Button, Code, Group, Menu, Modal, Stack, Table, Text } from '@mantine/core'
import { IconDots, IconPencil, IconPlus, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client } from '../api/client'
import { useFormat } from '../locale/format'
import { Confirm } from '../shell/confirm'
import { Panel } from '../shell/panel'
import { Answer, Empty } from '../shell/state'
import { tell } from '../shell/tell'
import { KeyEdit, KeyForm, KeyRotate } from './keyform'
import { calledKey, keysQuery, type Key } from './keylist'

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

export function KeyTable({ keys }: { keys: Key[] }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<{ key: Key; to: 'edit' | 'rotate' | 'revoke' }>()
  const close = () => setChosen(undefined)
  const revoke = useMutation({
    mutationFn: (key: Key) => ask(client.DELETE('/v1/keys/{id}', { params: { path: { id: key.id } } })),
    onSuccess: async (_, key) => {
      close()
      tell(t('key.revoked', { name: calledKey(key) }))
      await queries.invalidateQueries({ queryKey: keysQuery.queryKey })
    },
  })
  return (
    <>
      <Table.ScrollContainer minWidth={720}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('key.name')}</Table.Th>
              <Table.Th>{t('key.kind')}</Table.Th>
              <Table.Th>{t('key.bound')}</Table.Th>
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
                <Table.Td maw={280}>
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
                <Table.Td maw={280}>
                  <Bound of={key} />
                </Table.Td>
                <Table.Td className="quiet">{format.instant(key.created_at)}</Table.Td>
                <Table.Td className="quiet">{key.used_at === undefined ? t('key.never') : format.day(key.used_at)}</Table.Td>
                <Table.Td ta="end">
                  <Menu position="bottom-end" width={220}>
                    <Menu.Target>
                      <ActionIcon variant="subtle" color="gray" aria-label={t('actions_of', { who: calledKey(key) })}>
                        <IconDots size={18} />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item leftSection={<IconPencil size={16} />} disabled={key.ended === true} onClick={() => setChosen({ key, to: 'edit' })}>
                        {t('key.edit')}
                      </Menu.Item>
                      <Menu.Item leftSection={<IconRefresh size={16} />} disabled={key.expires_at !== undefined} onClick={() => setChosen({ key, to: 'rotate' })}>
                        {t('key.rotate')}
                      </Menu.Item>
                      <Menu.Divider />
                      <Menu.Item c="var(--kith-danger)" leftSection={<IconTrash size={16} />} onClick={() => setChosen({ key, to: 'revoke' })}>
                        {t('key.revoke')}
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {chosen?.to === 'edit' && <KeyEdit of={chosen.key} close={close} />}
      {chosen?.to === 'rotate' && <KeyRotate of={chosen.key} close={close} />}
      {chosen?.to === 'revoke' && (
        <Confirm
          title={t('key.revoke_named', { name: calledKey(chosen.key) })}
          confirm={t('key.revoke')}
          error={revoke.error?.message}
          busy={revoke.isPending}
          onConfirm={() => revoke.mutate(chosen.key)}
          onClose={close}
        >
          {t('key.revoke_lost')}
        </Confirm>
      )}
    </>
  )
}

/** What a key is bound to, and when it ends. */
function Bound({ of }: { of: Key }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  return (
    <Stack gap={2} align="flex-start">
      {of.ended === true && (
        <Badge color="gray" variant="light">
          {t('key.ended')}
        </Badge>
      )}
      {of.ended !== true && of.expires_at !== undefined && <Text size="sm">{t('key.ends', { at: format.instant(of.expires_at) })}</Text>}
      {of.kind === 'public' && of.origins === undefined && (
        <Text size="sm" className="quiet">
          {t('key.any_site')}
        </Text>
      )}
      {of.origins?.map((origin) => (
        <Text key={origin} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {origin}
        </Text>
      ))}
      {of.events_per_minute !== undefined && (
        <Text size="sm" className="quiet">
          {t('key.a_minute', { shown: format.count(of.events_per_minute) })}
        </Text>
      )}
    </Stack>
  )
}
