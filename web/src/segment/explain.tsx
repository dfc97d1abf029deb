import { Badge, Box, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useFormat, type Format } from '../locale/format'
import { Answer } from '../shell/state'
import { useNames } from './builder/texts'
import { useLanguage } from './language'
import { Spoken, SpokenTerm } from './spoken'
import type { Facts, Node } from './tree'

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
              {t('explain.missing')}
            </Text>
          )}
          {!e.holds && e.missing.map((m, i) => <Asked key={i} part={m} />)}
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
            <Asked part={part} />
            {part.flip && (
              <Badge color="orange" variant="light">
                {t('explain.flip')}
              </Badge>
            )}
          </Group>
          {part.values?.map((v, i) => (
            <Group key={v.text} gap={6} className="quiet" fz="sm">
              <SpokenTerm of={part.tree as Node} at={i} />
              <span>= {v.value === null ? t('explain.nothing') : shown(v.value, format)}</span>
            </Group>
          ))}
          {part.next_change !== undefined && (
            <Text size="sm" className="quiet">
              {t('explain.until', { at: format.instant(part.next_change) })}
            </Text>
          )}
          <Seen part={part} />
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

/** What a part asks: a question, or how many of its parts must hold. */
function Asked({ part }: { part: Explained }) {
  const { t } = useTranslation('segment')
  if (part.tree !== undefined) return <Spoken of={part.tree} />
  const parts = part.parts?.length ?? 0
  if (part.needs === undefined) return <Text size="sm">{t('builder.group.not')}</Text>
  const mode = part.needs === parts ? 'all' : part.needs === 1 ? 'any' : 'at_least'
  const words = { mode: t(`builder.group.short.${mode}`), n: mode === 'at_least' ? String(part.needs) : '', of: t(`builder.group.of.${mode}`, { count: parts }) }
  return <Text size="sm">{t('builder.group.form').replace(/\{(mode|n|of)\}/g, (_, name: keyof typeof words) => words[name])}</Text>
}

/** A value as the server writes it, for people. */
function shown(value: string, format: Format): string {
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return format.instant(value)
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return format.date(value)
  return /^-?\d+(\.\d+)?$/.test(value) ? format.number(Number(value)) : value
}

function Seen({ part }: { part: Explained }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const names = useNames()
  const { catalogue } = useLanguage()
  const facts = part.facts ?? []
  const factsOf = (kind: string): Facts => (catalogue?.facts.some((f) => f.name === kind && f.event) ? { event: kind } : { fact: kind })
  if (facts.length === 0) return null
  const more = (part.facts_count ?? facts.length) - facts.length
  return (
    <Stack gap={0} component="ul" m={0} pl="md">
      {facts.map((f, i) => (
        <Text component="li" size="sm" className="quiet" key={i}>
          {[format.instant(f.at), names.happened(factsOf(f.kind), false), f.id, ...Object.entries(f.fields ?? {}).map(([k, v]) => `${names.factField(factsOf(f.kind), k)}: ${shown(v, format)}`)].filter(Boolean).join(' · ')}
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
