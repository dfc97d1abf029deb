import { Alert, Anchor, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

import { Problem } from '../api/client'
import { customerLink, shownId } from '../customer/name'
import { useFormat } from '../locale/format'
import { useMay } from '../session/session'
import { useTexts } from './builder/texts'
import classes from './edit.module.css'
import { useMissing } from './missing'
import { useSample } from './question'

interface Props {
  /** The canonical text of what is built; undefined while it has errors. */
  text: string | undefined
  /** Whether something was changed that is not asked yet. */
  pending: boolean
  /** Why there is no text. */
  why: 'empty' | 'errors' | 'checking'
}

/** How many customers fit, and the first of them: of what is shown, or it says of what. */
export function Preview({ text, pending, why }: Props) {
  const t = useTexts()
  const format = useFormat()
  const may = useMay()
  const missing = useMissing()
  const sample = useSample(pending ? undefined : text)
  useClock()
  const stale = pending || sample.isPlaceholderData || sample.isFetching || text === undefined
  const s = sample.data
  return (
    <Paper withBorder p="md" component="section" aria-label={t('preview.title')}>
      <Stack gap="sm">
        <Title order={2} size="h5">
          {t('preview.title')}
        </Title>
        {why === 'empty' ? (
          <Text size="sm" className="quiet">
            {t('preview.empty')}
          </Text>
        ) : sample.error !== null && text !== undefined ? (
          <Alert color="red" role="alert">
            <Stack gap="xs" align="flex-start">
              <Text size="sm">{sample.error instanceof Problem ? sample.error.message : t('preview.failed')}</Text>
              <Button size="compact-sm" variant="default" onClick={() => void sample.refetch()}>
                {t('preview.again')}
              </Button>
            </Stack>
          </Alert>
        ) : s === undefined ? (
          why === 'errors' && text === undefined ? (
            <Text size="sm" className="quiet">
              {t('preview.errors')}
            </Text>
          ) : (
            <Skeleton height={72} />
          )
        ) : (
          <>
            <div className={stale ? 'quiet' : undefined} style={{ fontStyle: stale ? 'italic' : undefined }}>
              <Group gap="xs" align="baseline">
                <Text fz={32} fw={650} lh={1.2} style={{ fontVariantNumeric: 'tabular-nums' }}>
                  {format.count(s.count)}
                </Text>
                <Text>{t('preview.customers', { count: s.count })}</Text>
              </Group>
              {s.share !== undefined && <Text className="quiet">{t('preview.share', { share: format.share(s.share) })}</Text>}
            </div>
            <Text size="sm" className="quiet" role="status">
              {stale ? t(text === undefined && why === 'errors' ? 'preview.stale_errors' : 'preview.stale') : t('preview.as_of', { when: format.relative(new Date(sample.dataUpdatedAt).toISOString()) })}
            </Text>
            {(s.missing ?? []).length > 0 && (
              <Alert color="yellow" icon={<IconAlertTriangle size={18} />}>
                {t('preview.missing', { what: missing(s.missing ?? []) })}
              </Alert>
            )}
            {s.customers.length > 0 && (
              <div>
                <Text size="sm" fw={550} mb={4}>
                  {t('preview.first')}
                </Text>
                <Stack gap={2} component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
                  {s.customers.map((id) => (
                    <Text key={id} component="li" size="sm" className="cut" title={shownId(id)}>
                      {may('people') ? (
                        <Anchor component={Link} to={customerLink(id)} target="_blank" size="sm" underline="always">
                          {shownId(id)}
                        </Anchor>
                      ) : (
                        shownId(id)
                      )}
                    </Text>
                  ))}
                </Stack>
              </div>
            )}
            {s.count === 0 && !stale && (
              <Text size="sm" className="quiet">
                {t('preview.nobody')}
              </Text>
            )}
          </>
        )}
      </Stack>
    </Paper>
  )
}

/** The count alone, where the rest is not in sight. */
export function PreviewBar({ text, pending, why }: Props) {
  const t = useTexts()
  const format = useFormat()
  const sample = useSample(pending ? undefined : text)
  const s = sample.data
  if (why === 'empty' || s === undefined) return null
  const stale = pending || sample.isPlaceholderData || sample.isFetching || text === undefined
  return (
    <Group className={classes.bar} gap="xs" wrap="nowrap">
      <Text fw={650} style={{ fontVariantNumeric: 'tabular-nums', fontStyle: stale ? 'italic' : undefined }}>
        {format.count(s.count)} {t('preview.customers', { count: s.count })}
      </Text>
      <Text size="sm" className="quiet cut">
        {stale ? t(why === 'errors' ? 'preview.stale_errors' : 'preview.stale') : s.share === undefined ? '' : t('preview.share', { share: format.share(s.share) })}
      </Text>
    </Group>
  )
}

/** Shows the component anew now and then, for what it says of how long ago something was. */
function useClock() {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 10_000)
    return () => clearInterval(timer)
  }, [])
}
