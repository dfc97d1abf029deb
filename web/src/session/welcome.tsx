import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, Problem, type Schemas } from '../api/client'
import { language } from '../locale/locale'
import { Answer } from '../shell/state'
import { Entrance } from './entrance'
import { PasswordField } from './passwordfield'
import { sessionQuery } from './session'

/** What a one-time link leads to: whoever has it chooses a password. */
export function Welcome() {
  const { t } = useTranslation('session')
  // The token stands behind "#", so that no server's log has it.
  const [token] = useState(() => window.location.hash.slice(1))
  const look = useQuery({
    queryKey: ['welcome', token],
    queryFn: () => ask(client.POST('/v1/welcome/look', { body: { token } })),
    retry: false,
    staleTime: Infinity,
  })
  if (look.error instanceof Problem && look.error.status === 404) {
    return (
      <Entrance title={t('link.gone')}>
        <Text>{t('link.gone_about')}</Text>
      </Entrance>
    )
  }
  return (
    <Entrance title={t(`link.${look.data?.kind ?? 'opening'}`)}>
      <Answer of={look}>{(link) => <Choose token={token} link={link} />}</Answer>
    </Entrance>
  )
}

/** How many characters a password has that stands alone. */
const fewest = 15

function Choose({ token, link }: { token: string; link: Schemas['WelcomeLink'] }) {
  const { t } = useTranslation('session')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({
    initialValues: { name: link.name ?? '', email: link.email ?? '', password: '', again: '' },
    validate: {
      password: (v) => (Array.from(v).length < fewest ? t('password_short', { fewest }) : null),
      again: (v, all) => (v === all.password ? null : t('password_differs')),
    },
  })
  const choose = useMutation({
    mutationFn: (v: typeof form.values) =>
      ask(
        client.POST('/v1/welcome', {
          body: {
            token,
            password: v.password,
            ...(link.kind === 'setup' ? { email: v.email } : {}),
            ...(link.kind === 'reset' ? {} : { name: v.name, language: language() }),
          },
        }),
      ),
    // There is no content after a reset: they log in with the password.
    onSuccess: async (session: Schemas['Session'] | undefined) => {
      queries.setQueryData(sessionQuery.queryKey, session ?? null)
      await navigate({ to: session ? '/' : '/login', replace: true })
    },
    onError: (error) => {
      if (error instanceof Problem) for (const [field, message] of error.fields) form.setFieldError(field, message)
    },
  })
  return (
    <form onSubmit={form.onSubmit((v) => choose.mutate(v))}>
      <Stack>
        <Text size="sm" className="quiet">
          {t(`link.${link.kind}_about`)} {link.kind === 'invitation' && t('link.role', { role: t(`role.${link.role}`) })}
        </Text>
        {choose.error && (
          <Alert color="red" role="alert">
            {choose.error instanceof Problem ? choose.error.message : t('unreachable', { ns: 'shell' })}
          </Alert>
        )}
        {link.kind !== 'reset' && <TextInput label={t('name')} autoComplete="name" required withAsterisk={false} {...form.getInputProps('name')} />}
        <TextInput
          label={t('email')}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          readOnly={link.email !== undefined && link.email !== ''}
          {...form.getInputProps('email')}
        />
        <PasswordField
          label={t('password')}
          description={t('password_about')}
          autoComplete="new-password"
          required
          withAsterisk={false}
          {...form.getInputProps('password')}
        />
        <PasswordField label={t('password_again')} autoComplete="new-password" required withAsterisk={false} {...form.getInputProps('again')} />
        <Button type="submit" loading={choose.isPending}>
          {t('begin')}
        </Button>
      </Stack>
    </form>
  )
}
