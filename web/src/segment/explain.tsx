import { Badge, Box, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { Answer } from '../shell/state'

type Explained = Schemas['Explained']

/** Why a customer is in a segment or not, part by part. */
export function Explain({ text, customer }: { text: string; customer: string }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const explanation = useQuery({
    queryKey: ['explain', text, customer],
    queryFn: ({ signal }) => ask(client.POST('/v1/segments/explain', { body: { text, customer }, signal })),
  })
  return (
    <Answer of={explanation} height={120}>
      {(e) => (
        <Stack gap="sm">
          <Text size="sm">
            {t(e.holds ? 'explain.in' : 'explain.out')}{' '}
            {e.next_change === undefined
              ? t('explain.never')
              : t('explain.next', { at: format.instant(e.next_change), relative: format.relative(e.next_change) })}
          </Text>
          {!e.holds && e.missing.length > 0 && (
            <Text size="sm">
              {t('explain.missing')} {e.missing.map((m) => m.text).join(' · ')}
            </Text>
          )}
          <Part part={e.tree} />
        </Stack>
      )}
    </Answer>
  )
}

function Part({ part }: { part: Explained }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const Mark = part.holds ? IconCheck : IconX
  return (
    <Stack gap={6}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Box
          component="span"
          role="img"
          aria-label={t(part.holds ? 'explain.yes' : 'explain.no')}
          c={part.holds ? 'var(--mantine-color-green-text)' : 'var(--mantine-color-red-text)'}
          style={{ flexShrink: 0, display: 'inline-flex', paddingTop: 2 }}
        >
          <Mark size={16} stroke={2.5} aria-hidden />
        </Box>
        <Stack gap={2} miw={0}>
          <Group gap="xs">
            <Text className="code">{part.text}</Text>
            {part.flip && (
              <Badge color="orange" variant="light">
                {t('explain.flip')}
              </Badge>
            )}
          </Group>
          {part.values?.map((v) => (
            <Text key={v.text} size="sm" className="quiet">
              {v.text} = {v.value ?? t('explain.nothing')}
            </Text>
          ))}
          {part.next_change !== undefined && (
            <Text size="sm" className="quiet">
              {t('explain.until', { at: format.instant(part.next_change) })}
            </Text>
          )}
          <Facts part={part} />
        </Stack>
      </Group>
      {part.parts && (
        <Stack gap="xs" ml={10} pl="md" style={{ borderInlineStart: '2px solid var(--kith-line)' }}>
          {part.parts.map((p, i) => (
            <Part key={i} part={p} />
          ))}
        </Stack>
      )}
    </Stack>
  )
}

function Facts({ part }: { part: Explained }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const facts = part.facts ?? []
  if (facts.length === 0) return null
  const more = (part.facts_count ?? facts.length) - facts.length
  return (
    <Stack gap={0} component="ul" m={0} pl="md">
      {facts.map((f, i) => (
        <Text component="li" size="sm" className="quiet" key={i}>
          {format.instant(f.at)} · {[f.kind, f.id, ...Object.entries(f.fields ?? {}).map(([k, v]) => `${k}=${v}`)].filter(Boolean).join(' ')}
        </Text>
      ))}
      {more > 0 && (
        <Text component="li" size="sm" className="quiet">
          {t('explain.more', { count: more })}
        </Text>
      )}
    </Stack>
  )
}
