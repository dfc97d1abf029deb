import { Alert, Anchor, Badge, Button, Code, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { Copy } from '../shell/copy'
import { Panel } from '../shell/panel'
import { Failed } from '../shell/state'
import { PasswordField } from './passwordfield'
import { QRCode } from './qrcode'
import { sessionQuery } from './session'

/** The codes of an app that logging in needs beside the password. */
export function SecondFactor({ on }: { on: boolean }) {
  const { t } = useTranslation('session')
  const [totp, setTOTP] = useState<Schemas['TOTP']>()
  const [codes, setCodes] = useState<string[]>()
  let content: ReactNode
  if (codes) content = <Recovery codes={codes} done={() => setCodes(undefined)} />
  else if (on) content = <TurnOff />
  else if (totp) content = <Confirm totp={totp} done={setCodes} stop={() => setTOTP(undefined)} />
  else content = <TurnOn begun={setTOTP} />
  return (
    <Panel
      title={t('factor.title')}
      about={t('factor.about')}
      actions={<Badge variant={on ? 'light' : 'default'}>{t(on ? 'factor.on' : 'factor.off')}</Badge>}
    >
      {content}
    </Panel>
  )
}

function TurnOn({ begun }: { begun: (totp: Schemas['TOTP']) => void }) {
  const { t } = useTranslation('session')
  const [password, setPassword] = useState('')
  const begin = useMutation({
    mutationFn: () => ask(client.POST('/v1/session/totp', { body: { password } })),
    onSuccess: begun,
  })
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault()
        begin.mutate()
      }}
    >
      <Stack maw={420}>
        {begin.error && <Failed error={begin.error} />}
        <PasswordField
          label={t('password_current')}
          autoComplete="current-password"
          required
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
        />
        <Group>
          <Button type="submit" variant="default" loading={begin.isPending}>
            {t('factor.turn_on')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Confirm({ totp, done, stop }: { totp: Schemas['TOTP']; done: (codes: string[]) => void; stop: () => void }) {
  const { t } = useTranslation('session')
  const queries = useQueryClient()
  const [code, setCode] = useState('')
  const confirm = useMutation({
    mutationFn: () => ask(client.PUT('/v1/session/totp', { body: { code: code.replaceAll(' ', '') } })),
    onSuccess: (answer) => {
      done(answer.recovery_codes)
      void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
    },
  })
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault()
        confirm.mutate()
      }}
    >
      <Stack>
        <Group align="flex-start" gap="lg">
          <QRCode text={totp.uri} label={t('factor.qr')} />
          <Stack gap="sm" flex="1 1 280px" maw={520}>
            <Text size="sm">{t('factor.scan')}</Text>
            <Group gap="xs">
              <Code fz="md">{totp.secret.replace(/(.{4})(?=.)/g, '$1 ')}</Code>
              <Copy value={totp.secret} />
            </Group>
            <Anchor href={totp.uri} size="sm" className="code">
              {totp.uri}
            </Anchor>
          </Stack>
        </Group>
        <Stack maw={420}>
          {confirm.error && <Failed error={confirm.error} />}
          <TextInput
            label={t('code')}
            description={t('factor.code_about')}
            autoComplete="one-time-code"
            inputMode="numeric"
            required
            value={code}
            onChange={(e) => setCode(e.currentTarget.value)}
          />
          <Group>
            <Button type="submit" loading={confirm.isPending}>
              {t('factor.confirm')}
            </Button>
            <Button variant="default" onClick={stop}>
              {t('cancel', { ns: 'shell' })}
            </Button>
          </Group>
        </Stack>
      </Stack>
    </form>
  )
}

function Recovery({ codes, done }: { codes: string[]; done: () => void }) {
  const { t } = useTranslation('session')
  return (
    <Stack>
      <Alert color="orange" title={t('factor.recovery')}>
        {t('factor.recovery_about')}
      </Alert>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" maw={520}>
        {codes.map((code) => (
          <Code key={code} fz="md">
            {code}
          </Code>
        ))}
      </SimpleGrid>
      <Group>
        <Copy value={codes.join('\n')} size="sm" />
        <Button onClick={done}>{t('factor.recovery_kept')}</Button>
      </Group>
    </Stack>
  )
}

function TurnOff() {
  const { t } = useTranslation('session')
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const remove = useMutation({
    mutationFn: () => ask(client.DELETE('/v1/session/totp', { body: { password, code: code.replaceAll(' ', '') } })),
    onSuccess: (session) => queries.setQueryData(sessionQuery.queryKey, session),
  })
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault()
        remove.mutate()
      }}
    >
      <Stack maw={420}>
        {remove.error && <Failed error={remove.error} />}
        <PasswordField
          label={t('password_current')}
          autoComplete="current-password"
          required
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
        />
        <TextInput
          label={t('code')}
          description={t('code_about')}
          autoComplete="one-time-code"
          required
          value={code}
          onChange={(e) => setCode(e.currentTarget.value)}
        />
        <Group>
          <Button type="submit" variant="default" c="var(--kith-danger)" loading={remove.isPending}>
            {t('factor.turn_off')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
