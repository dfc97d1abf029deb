import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { match, speak } from '../locale/locale'
import { shopLanguage } from '../setting/choices'
import { LanguageSelect } from '../setting/shopform'
import { Panel } from '../shell/panel'
import { Failed } from '../shell/state'
import { tell } from '../shell/tell'
import { SecondFactor } from './factor'
import { PasswordField } from './passwordfield'
import { sessionQuery, useSession } from './session'

/** The tab of one's own account. */
export function OwnAccount() {
  const session = useSession()
  if (!session) return null
  return (
    <Stack gap="lg">
      <Profile key={session.user.id} user={session.user} />
      <Password email={session.user.email} mfa={session.mfa} />
      <SecondFactor on={session.mfa} />
    </Stack>
  )
}

/** Returns what changes oneself. */
function useChangeSelf() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['SelfChange']) => ask(client.PATCH('/v1/session', { body })),
    onSuccess: (session) => queries.setQueryData(sessionQuery.queryKey, session),
  })
}

function Profile({ user }: { user: Schemas['User'] }) {
  const { t } = useTranslation('session')
  const change = useChangeSelf()
  const form = useForm({ initialValues: { name: user.name, language: user.language === undefined ? '' : shopLanguage(user.language) } })
  const submit = (values: typeof form.values) =>
    change.mutate(values, {
      onSuccess: () => {
        form.resetDirty(values)
        if (values.language !== '') void speak(match([values.language]))
        tell(t('saved'))
      },
    })
  return (
    <Panel title={t('profile')} about={`${user.email} · ${t(`role.${user.role}`)}`}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack maw={420}>
          {change.error && <Failed error={change.error} />}
          <TextInput label={t('name')} autoComplete="name" maxLength={200} required {...form.getInputProps('name')} />
          <LanguageSelect label={t('language')} placeholder={t('language_shop')} {...form.getInputProps('language')} />
          <Group>
            <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}

function Password({ email, mfa }: { email: string; mfa: boolean }) {
  const { t } = useTranslation('session')
  const fewest = mfa ? 12 : 15
  const change = useChangeSelf()
  const form = useForm({
    initialValues: { current: '', password: '', again: '' },
    validate: {
      password: (v) => (Array.from(v).length < fewest ? t('password_short', { fewest }) : null),
      again: (v, all) => (v === all.password ? null : t('password_differs')),
    },
  })
  const submit = (v: typeof form.values) =>
    change.mutate(
      { password: v.password, current_password: v.current },
      {
        onSuccess: () => {
          form.reset()
          tell(t('password_changed'))
        },
      },
    )
  return (
    <Panel title={t('password')} about={t('password_ends')}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack maw={420}>
          {change.error && <Failed error={change.error} />}
          {/* Password managers want to know whose password it is. */}
          <input type="text" autoComplete="username" value={email} readOnly hidden />
          <PasswordField label={t('password_current')} autoComplete="current-password" required {...form.getInputProps('current')} />
          <PasswordField
            label={t('password_new')}
            description={t('password_about')}
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
          />
          <PasswordField label={t('password_again')} autoComplete="new-password" required {...form.getInputProps('again')} />
          <Group>
            <Button type="submit" loading={change.isPending}>
              {t('password_change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
