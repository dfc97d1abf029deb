import { Alert, Button, Group, Modal, NumberInput, Radio, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client } from '../api/client'
import { Copy } from '../shell/copy'
import { Failed } from '../shell/state'
import { tell } from '../shell/tell'
import { calledKey, keysQuery, limitsOf, originsOf, overlaps, type Key } from './keylist'
import type { Role } from './users'

/** The text of a key, which is shown this once. */
function NewText({ text, close }: { text: string | undefined; close: () => void }) {
  const { t } = useTranslation('team')
  return (
    <Stack>
      <Alert color="orange" title={t('key.once')}>
        {t('key.once_about')}
      </Alert>
      <Text className="code" p="sm" bd="1px solid var(--kith-line)" style={{ borderRadius: 8 }} tabIndex={0}>
        {text}
      </Text>
      <Group justify="flex-end">
        <Copy value={text ?? ''} size="sm" />
        <Button onClick={close}>{t('done', { ns: 'shell' })}</Button>
      </Group>
    </Stack>
  )
}

interface LimitFields {
  /** Whether the key has origins at all: secret ones have none. */
  site: boolean
  origins: object
  perMinute: object
}

/** The fields for what a key is bound to. */
function LimitInputs({ site, origins, perMinute }: LimitFields) {
  const { t } = useTranslation('team')
  return (
    <>
      {site && (
        <Textarea
          label={t('key.origins')}
          description={t('key.origins_about')}
          placeholder={'https://shop.example\nhttps://*.shop.example'}
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          {...origins}
        />
      )}
      <NumberInput label={t('key.per_minute')} description={t('key.per_minute_about')} min={0} max={1_000_000} allowDecimal={false} allowNegative={false} thousandSeparator=" " {...perMinute} />
    </>
  )
}

function Buttons({ close, busy, deed, danger = false }: { close: () => void; busy: boolean; deed: string; danger?: boolean }) {
  const { t } = useTranslation('shell')
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={close}>
        {t('cancel')}
      </Button>
      <Button type="submit" loading={busy} {...(danger ? { color: 'red.9' } : {})}>
        {deed}
      </Button>
    </Group>
  )
}

/** Makes a key. */
export function KeyForm({ close }: { close: () => void }) {
  const { t } = useTranslation('team')
  const queries = useQueryClient()
  const form = useForm({ initialValues: { name: '', kind: 'public' as 'public' | 'secret', role: 'analyst' as Role, origins: '', perMinute: '' as number | '' } })
  const make = useMutation({
    mutationFn: ({ name, kind, role, origins, perMinute }: typeof form.values) => {
      const common = { name, events_per_minute: Number(perMinute) }
      return ask(client.POST('/v1/keys', { body: kind === 'secret' ? { ...common, secret: true, role } : { ...common, origins: originsOf(origins) } }))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
  })
  if (make.data) return <NewText text={make.data.key} close={close} />
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
        <LimitInputs site={form.values.kind === 'public'} origins={form.getInputProps('origins')} perMinute={form.getInputProps('perMinute')} />
        <Buttons close={close} busy={make.isPending} deed={t('key.make')} />
      </Stack>
    </form>
  )
}

/** Changes what a key is bound to. */
export function KeyEdit({ of, close }: { of: Key; close: () => void }) {
  const { t } = useTranslation('team')
  const queries = useQueryClient()
  const form = useForm({ initialValues: limitsOf(of) })
  const change = useMutation({
    mutationFn: ({ origins, perMinute }: typeof form.values) =>
      ask(
        client.PATCH('/v1/keys/{id}', {
          params: { path: { id: of.id } },
          body: { events_per_minute: Number(perMinute), ...(of.kind === 'public' ? { origins: originsOf(origins) } : {}) },
        }),
      ),
    onSuccess: async () => {
      tell(t('key.changed', { name: calledKey(of) }))
      await queries.invalidateQueries({ queryKey: keysQuery.queryKey })
      close()
    },
  })
  return (
    <Modal opened onClose={close} title={t('key.edit_named', { name: calledKey(of) })} centered size="lg" closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <form onSubmit={form.onSubmit((v) => change.mutate(v))}>
        <Stack>
          {change.error && <Failed error={change.error} />}
          <Text size="sm">{t('key.edit_about')}</Text>
          <LimitInputs site={of.kind === 'public'} origins={form.getInputProps('origins')} perMinute={form.getInputProps('perMinute')} />
          <Buttons close={close} busy={change.isPending} deed={t('key.save')} />
        </Stack>
      </form>
    </Modal>
  )
}

/** Puts another key in the place of one. */
export function KeyRotate({ of, close }: { of: Key; close: () => void }) {
  const { t } = useTranslation('team')
  const queries = useQueryClient()
  const [overlap, setOverlap] = useState<(typeof overlaps)[number]['name']>('day')
  const rotate = useMutation({
    mutationFn: () =>
      ask(client.POST('/v1/keys/{id}/rotate', { params: { path: { id: of.id } }, body: { overlap_seconds: overlaps.find((o) => o.name === overlap)?.seconds ?? 0 } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
  })
  return (
    <Modal opened onClose={close} title={t('key.rotate_named', { name: calledKey(of) })} centered size="lg" closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      {rotate.data ? (
        <NewText text={rotate.data.key} close={close} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            rotate.mutate()
          }}
        >
          <Stack>
            {rotate.error && <Failed error={rotate.error} />}
            <Text size="sm">{t('key.rotate_about')}</Text>
            <Select
              label={t('key.overlap')}
              description={t('key.overlap_about')}
              allowDeselect={false}
              data={overlaps.map(({ name }) => ({ value: name, label: t(`key.overlaps.${name}`) }))}
              value={overlap}
              onChange={(value) => setOverlap(value ?? 'day')}
            />
            <Buttons close={close} busy={rotate.isPending} deed={t('key.rotate')} danger={overlap === 'none'} />
          </Stack>
        </form>
      )}
    </Modal>
  )
}
