import { ActionIcon, Badge, Button, FileButton, Group, Paper, Progress, Radio, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCheck, IconUpload, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useFormat } from '../locale/format'
import { Panel } from '../shell/panel'
import { Failed } from '../shell/state'
import classes from './import.module.css'
import { kinds, type Kind } from './imports'
import { useSize } from './size'
import type { Sending, useUploads } from './useuploads'

interface Props {
  uploads: ReturnType<typeof useUploads>
  kind: Kind
  guessed: Kind | undefined
  setKind: (kind: Kind) => void
  next: (ids: string[]) => void
}

/** Where files are chosen, sent, and said what they hold. */
export function Files({ uploads, kind, guessed, setKind, next }: Props) {
  const { t } = useTranslation('import')
  const { list, add, remove } = uploads
  const ids = list.flatMap((s) => (s.upload ? [s.upload.id] : []))
  const ready = list.length > 0 && ids.length === list.length
  return (
    <Stack gap="lg">
      <Panel title={t('file.title')} about={t('file.about')}>
        <Drop add={add} />
        {list.length > 0 && (
          <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-live="polite">
            {list.map((sending) => (
              <Sent key={sending.key} sending={sending} remove={() => remove(sending)} />
            ))}
          </Stack>
        )}
      </Panel>
      {list.length > 0 && (
        <Panel title={t('kind.title')} about={t('kind.about')}>
          <Radio.Group value={kind} onChange={(k) => setKind(k)} aria-label={t('kind.title')}>
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
              {kinds.map((k) => (
                <label key={k} className={classes.kind}>
                  <Group justify="space-between" wrap="nowrap" mb={4}>
                    <Radio value={k} label={<Text fw={600}>{t(`kinds.${k}`)}</Text>} />
                    {guessed === k && <Badge variant="light">{t('kind.guessed')}</Badge>}
                  </Group>
                  <Text size="sm" className="quiet">
                    {t(`kind_about.${k}`)}
                  </Text>
                </label>
              ))}
            </SimpleGrid>
          </Radio.Group>
        </Panel>
      )}
      <Group>
        <Button disabled={!ready} onClick={() => next(ids)}>
          {t('next')}
        </Button>
      </Group>
    </Stack>
  )
}

function Drop({ add }: { add: (files: readonly File[]) => void }) {
  const { t } = useTranslation('import')
  const [over, setOver] = useState(false)
  return (
    <div
      className={over ? `${classes.drop ?? ''} ${classes.over ?? ''}` : classes.drop}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        add([...e.dataTransfer.files])
      }}
    >
      <IconUpload size={28} stroke={1.5} aria-hidden />
      <Text>{t('file.drop')}</Text>
      <FileButton multiple accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.gz" onChange={add}>
        {(props) => (
          <Button {...props} variant="default">
            {t('file.choose')}
          </Button>
        )}
      </FileButton>
      <Text size="sm" className="quiet">
        {t('file.forms')}
      </Text>
    </div>
  )
}

function Sent({ sending: s, remove }: { sending: Sending; remove: () => void }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const size = useSize()
  return (
    <Paper withBorder p="sm" component="li">
      <Group wrap="nowrap" justify="space-between">
        <Stack gap={2} miw={0} flex={1}>
          <Text className="cut" fw={550} title={s.name}>
            {s.name}
          </Text>
          <Text size="sm" className="quiet">
            {size(s.bytes)}
            {s.error === undefined && !s.upload && ` · ${s.share > 0 ? t('file.sent', { share: format.share(s.share, 0) }) : t('file.waits')}`}
            {s.upload && (
              <>
                {' · '}
                <IconCheck size={14} style={{ verticalAlign: '-2px' }} aria-hidden /> {t('file.arrived')}
              </>
            )}
          </Text>
        </Stack>
        <ActionIcon variant="subtle" color="gray" onClick={remove} aria-label={t(s.upload || s.error !== undefined ? 'file.remove' : 'file.cancel', { name: s.name })}>
          <IconX size={18} />
        </ActionIcon>
      </Group>
      {!s.upload && s.error === undefined && <Progress value={s.share * 100} mt="xs" aria-label={t('file.sending', { name: s.name })} />}
      {s.error !== undefined && <Failed error={s.error} />}
    </Paper>
  )
}
