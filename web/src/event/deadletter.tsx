import { Alert, Badge, Button, Drawer, Group, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client } from '../api/client'
import { useFormat } from '../locale/format'
import { useMay } from '../session/session'
import { Confirm } from '../shell/confirm'
import { Answer } from '../shell/state'
import { tell } from '../shell/tell'
import { wrongJSON, written } from './json'
import { letterQuery, lettersKey, replay, type Letter } from './letters'
import { Body, Facts, Why } from './part'

/** All that is known of a dead letter, and what can be done about it. */
export function OpenedLetter({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation('event')
  const letter = useQuery(letterQuery(id))
  return (
    <Drawer opened onClose={close} title={letter.data?.event ?? t('unnamed')} position="right" size="lg" closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <Answer of={letter}>{(l) => <Content of={l} close={close} />}</Answer>
    </Drawer>
  )
}

function Content({ of, close }: { of: Letter; close: () => void }) {
  const { t } = useTranslation('event')
  const format = useFormat()
  const may = useMay()
  return (
    <Stack>
      <Group gap="xs">
        <Badge variant="default">{t(`letter.kinds.${of.kind}`)}</Badge>
        <Why column={of.column} reason={of.reason} />
      </Group>
      <Text size="sm" className="quiet">
        {t(`letter.kinds_about.${of.kind}`)}
      </Text>
      <Facts
        of={[
          [t('at'), format.instant(of.at)],
          [t('key'), of.key],
          [t('message_id'), of.message_id],
          [t('letter.id'), of.id],
          [t('letter.state'), t(`letter.states.${of.state}`)],
          [t('letter.state_at'), of.state_at && format.instant(of.state_at)],
          [t('letter.by'), of.by],
          [t('letter.entry'), of.replay === undefined ? undefined : format.count(of.replay)],
        ]}
      />
      {of.state === 'open' && may('import') ? <Mend of={of} close={close} /> : <Body text={textOf(of.body) || undefined} />}
    </Stack>
  )
}

/** The event as a text; what was no JSON as it is. */
const textOf = (body: unknown) => (typeof body === 'string' ? body : body === undefined ? '' : written(body))

/** The event, to mend and to send again, or to put away. */
function Mend({ of, close }: { of: Letter; close: () => void }) {
  const { t } = useTranslation('event')
  const queries = useQueryClient()
  const came = textOf(of.body)
  const [text, setText] = useState(came)
  const [dismissing, setDismissing] = useState(false)
  const changed = text !== came
  const wrong = changed ? wrongJSON(text) : undefined
  const ended = (said: string) => {
    tell(said)
    close()
    return queries.invalidateQueries({ queryKey: lettersKey })
  }
  const send = useMutation({ mutationFn: () => replay(of.id, changed ? text : undefined), onSuccess: () => ended(t('letter.replayed')) })
  const dismiss = useMutation({
    mutationFn: () => ask(client.POST('/v1/dead-letters/{id}/dismiss', { params: { path: { id: of.id } } })),
    onSuccess: () => ended(t('letter.dismissed')),
  })
  return (
    <>
      <Textarea
        label={t('body')}
        description={t('letter.mend_about')}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        error={wrong && t('letter.no_json', { problem: wrong })}
        autosize
        minRows={8}
        maxRows={24}
        spellCheck={false}
        classNames={{ input: 'code' }}
      />
      {send.error && (
        <Alert color="red" role="alert">
          {send.error.message}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" c="var(--kith-danger)" onClick={() => setDismissing(true)}>
          {t('letter.dismiss')}
        </Button>
        <Button loading={send.isPending} disabled={wrong !== undefined} onClick={() => send.mutate()}>
          {t(changed ? 'letter.send_mended' : 'letter.send')}
        </Button>
      </Group>
      {dismissing && (
        <Confirm title={t('letter.dismiss')} confirm={t('letter.dismiss')} error={dismiss.error?.message} busy={dismiss.isPending} onConfirm={() => dismiss.mutate()} onClose={() => setDismissing(false)}>
          {t('letter.dismiss_lost')}
        </Confirm>
      )}
    </>
  )
}
