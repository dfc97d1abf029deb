import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { ask, client, Problem } from '../api/client'
import { chosen, match, speak } from '../locale/locale'
import { Entrance } from './entrance'
import { PasswordField } from './passwordfield'
import { sessionQuery } from './session'

/** Where one logs in: e-mail and password, then a code where one is asked for. */
export function Login() {
  const { t } = useTranslation('session')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { next } = useSearch({ from: '/login' })
  const form = useForm({ initialValues: { email: '', password: '', code: '' } })
  const login = useMutation({
    mutationFn: (v: typeof form.values) =>
      ask(client.POST('/v1/session', { body: { email: v.email, password: v.password, ...(v.code === '' ? {} : { code: v.code }) } })),
    onSuccess: async (session) => {
      queries.setQueryData(sessionQuery.queryKey, session)
      const spoken = session.user.language
      if (chosen() === undefined && spoken !== undefined) await speak(match([spoken]))
      await navigate({ to: next ?? '/', replace: true })
    },
  })
  const refused = login.error instanceof Problem ? login.error : null
  const needsCode = refused?.code === 'code_needed' || form.values.code !== ''
  // What is said most often here is said in the reader's language.
  const said = (problem: Problem | null) => {
    if (problem === null) return t('unreachable', { ns: 'shell' })
    if (problem.code === 'unknown') return t(form.values.code === '' ? 'wrong' : 'wrong_code')
    return problem.status === 429 ? t('throttled') : problem.message
  }
  return (
    <Entrance title={t('login')}>
      <form onSubmit={form.onSubmit((v) => login.mutate(v))}>
        <Stack>
          {login.error && refused?.code !== 'code_needed' && (
            <Alert color="red" role="alert">
              {said(refused)}
            </Alert>
          )}
          <TextInput label={t('email')} type="email" autoComplete="username" required withAsterisk={false} autoFocus {...form.getInputProps('email')} />
          <PasswordField label={t('password')} autoComplete="current-password" required withAsterisk={false} {...form.getInputProps('password')} />
          {needsCode && (
            <TextInput
              label={t('code')}
              description={t('code_about')}
              autoComplete="one-time-code"
              inputMode="numeric"
              required
              withAsterisk={false}
              autoFocus
              {...form.getInputProps('code')}
            />
          )}
          <Button type="submit" loading={login.isPending}>
            {t('login')}
          </Button>
          <Text size="sm" className="quiet">
            {t('forgot')} <code>kith user link {form.values.email === '' ? 'E-MAIL' : form.values.email}</code>
          </Text>
        </Stack>
      </form>
    </Entrance>
  )
}
