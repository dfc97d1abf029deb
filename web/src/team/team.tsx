import { Badge, Button, Group, Select, Stack, Table, Text } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client } from '../api/client'
import { useFormat } from '../locale/format'
import { useSession } from '../session/session'
import { Confirm } from '../shell/confirm'
import { Panel } from '../shell/panel'
import { Answer, Failed } from '../shell/state'
import { tell } from '../shell/tell'
import { Invite } from './invite'
import { LinkWindow, type ShownLink } from './link'
import { UserMenu } from './usermenu'
import { calledUser, roles, useChangeUser, usersQuery, type Role, type User, type UserChange } from './users'

/** The tab of the team: who logs in, and as what. */
export function Team() {
  const { t } = useTranslation('team')
  const users = useQuery(usersQuery)
  const [inviting, setInviting] = useState(false)
  return (
    <Stack gap="lg">
      <Panel
        title={t('title')}
        about={t('about')}
        actions={
          <Button leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
            {t('invite.title')}
          </Button>
        }
      >
        <Answer of={users}>{(list) => <Users users={list.users} />}</Answer>
      </Panel>
      <Roles />
      <Invite opened={inviting} close={() => setInviting(false)} />
    </Stack>
  )
}

function Users({ users }: { users: User[] }) {
  const { t } = useTranslation('team')
  const queries = useQueryClient()
  const change = useChangeUser()
  const [link, setLink] = useState<ShownLink>()
  const [lost, setLost] = useState<User>()
  const newLink = useMutation({
    mutationFn: (user: User) => ask(client.POST('/v1/users/{id}/link', { params: { path: { id: user.id } } })),
    onSuccess: (made, user) => setLink({ ...made, who: calledUser(user) }),
  })
  const remove = useMutation({
    mutationFn: (user: User) => ask(client.DELETE('/v1/users/{id}', { params: { path: { id: user.id } } })),
    onSuccess: async (_, user) => {
      setLost(undefined)
      tell(t('deleted', { who: calledUser(user) }))
      await queries.invalidateQueries({ queryKey: usersQuery.queryKey })
    },
  })
  const set = (user: User, to: Omit<UserChange, 'id'>, back: Omit<UserChange, 'id'> | undefined, said: string) =>
    change.mutate(
      { id: user.id, ...to },
      { onSuccess: () => tell(said, back && { label: t('undo', { ns: 'shell' }), do: () => change.mutate({ id: user.id, ...back }) }) },
    )
  const failed = change.error ?? newLink.error
  return (
    <Stack gap="sm">
      {failed && <Failed error={failed} />}
      <Table.ScrollContainer minWidth={620}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('name')}</Table.Th>
              <Table.Th w={170}>{t('role')}</Table.Th>
              <Table.Th>{t('state')}</Table.Th>
              <Table.Th>{t('since')}</Table.Th>
              <Table.Th>
                <span className="hidden-visually">{t('actions')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {users.map((user) => (
              <Row
                key={user.id}
                user={user}
                setRole={(role) => set(user, { role }, { role: user.role }, t('role_changed', { who: calledUser(user), role: t(`role.${role}`, { ns: 'session' }) }))}
                menu={
                  <UserMenu
                    user={user}
                    newLink={() => newLink.mutate(user)}
                    setDisabled={(disabled) => set(user, { disabled }, { disabled: !disabled }, t(disabled ? 'was_disabled' : 'was_enabled', { who: calledUser(user) }))}
                    takeFactor={() => set(user, { mfa: false }, undefined, t('factor_taken', { who: calledUser(user) }))}
                    remove={() => setLost(user)}
                  />
                }
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <LinkWindow link={link} close={() => setLink(undefined)} />
      {lost && (
        <Confirm
          title={t('delete.title', { who: calledUser(lost) })}
          confirm={t('delete.action')}
          error={remove.error?.message}
          busy={remove.isPending}
          onConfirm={() => remove.mutate(lost)}
          onClose={() => setLost(undefined)}
        >
          {t('delete.lost', { who: calledUser(lost), email: lost.email })} {t('delete.kept')}
        </Confirm>
      )}
    </Stack>
  )
}

function Row({ user, setRole, menu }: { user: User; setRole: (role: Role) => void; menu: ReactNode }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const self = useSession()?.user.id === user.id
  const state = user.disabled_at !== undefined ? 'disabled' : user.invited ? 'invited' : 'active'
  return (
    <Table.Tr>
      <Table.Td maw={340}>
        <Text fw={550} className="cut" title={calledUser(user)}>
          {calledUser(user)} {self && <Text span className="quiet">({t('you')})</Text>}
        </Text>
        {user.name !== '' && (
          <Text size="sm" className="quiet cut" title={user.email}>
            {user.email}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Select
          aria-label={t('role_of', { who: calledUser(user) })}
          size="sm"
          allowDeselect={false}
          value={user.role}
          data={roles.map((role) => ({ value: role, label: t(`role.${role}`, { ns: 'session' }) }))}
          onChange={(role) => role !== null && role !== user.role && setRole(role)}
        />
      </Table.Td>
      <Table.Td>
        <Group gap={6}>
          <Badge variant={state === 'active' ? 'light' : 'default'}>{t(`states.${state}`)}</Badge>
          {user.mfa && <Badge variant="default">{t('states.mfa')}</Badge>}
        </Group>
      </Table.Td>
      <Table.Td className="quiet">{format.day(user.created_at)}</Table.Td>
      <Table.Td ta="end">{menu}</Table.Td>
    </Table.Tr>
  )
}

function Roles() {
  const { t } = useTranslation('team')
  return (
    <Panel title={t('roles')} about={t('roles_about')}>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={140}>{t('role')}</Table.Th>
            <Table.Th>{t('what_may')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {roles.map((role) => (
            <Table.Tr key={role}>
              <Table.Th scope="row">{t(`role.${role}`, { ns: 'session' })}</Table.Th>
              <Table.Td>{t(`may.${role}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}
