import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { ask, client, Problem } from '../api/client'
import { language } from '../locale/locale'
import { Failed } from '../shell/state'
import { LinkText } from './link'
import { calledUser, roles, usersQuery, type Role } from './users'

/** Invites somebody: who, as what, and then the link to hand over. */
export function Invite({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation('team')
  return (
    <Modal opened={opened} onClose={close} title={t('invite.title')} centered size="lg" closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      {opened && <InviteForm close={close} />}
    </Modal>
  )
}

function InviteForm({ close }: { close: () => void }) {
  const { t } = useTranslation('team')
  const queries = useQueryClient()
  const form = useForm({ initialValues: { email: '', name: '', role: 'editor' as Role } })
  const invite = useMutation({
    mutationFn: (v: typeof form.values) => ask(client.POST('/v1/users', { body: { ...v, email: v.email.trim(), language: language() } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
    onError: (error) => {
      if (error instanceof Problem) for (const [field, message] of error.fields) form.setFieldError(field, message)
    },
  })
  if (invite.data) {
    return (
      <Stack>
        <LinkText link={{ ...invite.data, who: calledUser(invite.data.user) }} />
        <Group justify="flex-end">
          <Button onClick={close}>{t('done', { ns: 'shell' })}</Button>
        </Group>
      </Stack>
    )
  }
  return (
    <form onSubmit={form.onSubmit((v) => invite.mutate(v))}>
      <Stack>
        {invite.error && <Failed error={invite.error} />}
        <TextInput label={t('email')} type="email" required data-autofocus {...form.getInputProps('email')} />
        <TextInput label={t('name')} maxLength={200} {...form.getInputProps('name')} />
        <Radio.Group label={t('role')} {...form.getInputProps('role')}>
          <Stack gap="xs" mt="xs">
            {roles.map((role) => (
              <Radio key={role} value={role} label={t(`role.${role}`, { ns: 'session' })} description={t(`may.${role}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('cancel', { ns: 'shell' })}
          </Button>
          <Button type="submit" loading={invite.isPending}>
            {t('invite.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
