import { Alert, Code, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconBulb, IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useFormat } from '../locale/format'
import { useMay } from '../session/session'
import { Figure } from '../shell/panel'
import { figuresQuery } from './figures'
import { useMissing } from './missing'
import { insightQuery, type Segment } from './segments'
import { SpokenText } from './spoken'

/** The figures of a segment that are kept up to date, its definition, and what to do with it. */
export function Summary({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const missing = useMissing()
  const figures = useQuery(figuresQuery).data?.segments.find((f) => f.id === segment.id)
  const lacks = figures?.missing ?? []
  // The revenue of a new segment is there first where it is looked at closely.
  const insight = useQuery({ ...insightQuery(segment), enabled: false }).data
  const revenue = figures?.revenue_12m ?? insight?.last_12_months.revenue
  return (
    <Stack>
      {lacks.length > 0 ? (
        <Alert icon={<IconInfoCircle />} color="gray">
          {t('needs', { what: missing(lacks) })}
        </Alert>
      ) : (
        segment.text !== '' && (
          <SimpleGrid cols={{ base: 2, md: 4 }}>
            <Figure
              name={t('customers')}
              value={figures?.customers === undefined ? '–' : format.count(figures.customers)}
              about={figures?.share === undefined ? undefined : t('share_of_all', { share: format.share(figures.share) })}
            />
            <Figure name={t('entered_today')} value={figures?.entered_today === undefined ? '–' : format.gain(figures.entered_today)} about={<Who segment={segment} n={figures?.entered_today ?? 0} />} />
            <Figure name={t('left_today')} value={figures?.left_today === undefined ? '–' : format.gain(-figures.left_today)} about={<Who segment={segment} n={figures?.left_today ?? 0} />} />
            <Figure name={t('revenue_12m')} value={revenue === undefined ? '–' : format.shortMoney(revenue)} />
          </SimpleGrid>
        )
      )}
      <section aria-label={t('definition')}>
        {segment.text === '' ? (
          <Code block className="code">
            {segment.template}
          </Code>
        ) : (
          <>
            <SpokenText text={segment.text} />
            <Code block className="code" mt="xs">
              {segment.text}
            </Code>
          </>
        )}
      </section>
      {segment.tactic !== undefined && (
        <Alert icon={<IconBulb />} color="petrol" variant="light" title={t('tactic')}>
          {segment.tactic}
        </Alert>
      )}
      <References label={t('uses')} ids={segment.uses} />
      <References label={t('used_by')} ids={segment.used_by} />
    </Stack>
  )
}

function References({ label, ids }: { label: string; ids: string[] | undefined }) {
  if (ids === undefined || ids.length === 0) return null
  return (
    <Group gap="xs">
      <Text size="sm" className="quiet">
        {label}
      </Text>
      {ids.map((id) => (
        <Text key={id} size="sm" component={Link} to={`/segments/${id}`} c="var(--mantine-color-anchor)">
          {id}
        </Text>
      ))}
    </Group>
  )
}

/** Leads to those who entered and left, if there are any. */
function Who({ segment, n }: { segment: Segment; n: number }) {
  const { t } = useTranslation('segment')
  const may = useMay()
  if (n === 0 || !may('people')) return null
  return (
    <Text span size="sm" component={Link} to={`/segments/${segment.id}?tab=history`} c="var(--mantine-color-anchor)">
      {t('who_and_why')}
    </Text>
  )
}
