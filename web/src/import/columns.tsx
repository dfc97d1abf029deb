import { Alert, Button, Group, LoadingOverlay, NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, Problem } from '../api/client'
import { useFormat } from '../locale/format'
import { CurrencySelect, ZoneSelect } from '../setting/shopform'
import type { Settings } from '../setting/shop'
import { Figure, Panel } from '../shell/panel'
import { Failed, Loading } from '../shell/state'
import { ColumnTable } from './columntable'
import { formats, type Kind, type Preview } from './imports'
import { type Mapping, unmet } from './mapping'
import { useFieldName } from './fieldname'
import { Forms, Records, Refused } from './reading'

interface Props {
  kind: Kind
  uploads: string[]
  shop: Settings
  back: () => void
}

/** What the files look like to Kith, to be corrected before anything is imported. */
export function Columns({ kind, uploads, shop, back }: Props) {
  const { t } = useTranslation('import')
  const navigate = useNavigate()
  const [mapping, setMapping] = useState<Mapping>({})
  const [format, setFormat] = useState<string>('generic')
  const [timezone, setTimezone] = useState(shop.timezone)
  const [currency, setCurrency] = useState(shop.currency)
  const request = { kind, uploads, format, timezone, currency, map: mapping }
  const preview = useQuery({
    queryKey: ['import', 'preview', request],
    queryFn: ({ signal }) => ask(client.POST('/v1/imports/preview', { body: request, signal })),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Infinity,
  })
  const start = useMutation({
    mutationFn: () => ask(client.POST('/v1/imports/jobs', { body: request })),
    onSuccess: ({ id }) => navigate({ to: '/imports/$id', params: { id } }),
  })
  const gone = preview.error instanceof Problem && preview.error.status === 404
  const p = preview.error ? undefined : preview.data
  const may = p !== undefined && p.problem === undefined && p.accepted > 0 && !preview.isFetching
  return (
    <Stack gap="lg">
      <Panel title={t('columns.title', { kind: t(`kinds.${kind}`) })} about={t('columns.about')}>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <NativeSelect
            label={t('columns.format')}
            value={format}
            onChange={(e) => {
              setFormat(e.currentTarget.value)
              setMapping({})
            }}
            data={formats.map((f) => ({ value: f, label: t(`formats.${f}`) }))}
          />
          <ZoneSelect value={timezone} onChange={setTimezone} />
          <CurrencySelect value={currency} onChange={setCurrency} />
        </SimpleGrid>
        <Text size="sm" className="quiet">
          {t('columns.unsaid')}
        </Text>
      </Panel>
      {preview.isPending && <Reading />}
      {preview.error && <Failed error={gone ? new Problem(404, { detail: t('columns.gone') }) : preview.error} again={gone ? back : () => void preview.refetch()} />}
      {p && (
        <Stack gap="lg" pos="relative">
          <LoadingOverlay visible={preview.isFetching} overlayProps={{ blur: 1 }} zIndex={5} />
          <State preview={p} />
          {p.sources.length > 0 && (
            <Panel title={t('columns.table')} about={t('columns.table_about')}>
              <ColumnTable preview={p} mapping={mapping} setMapping={setMapping} />
            </Panel>
          )}
          <Forms preview={p} />
          <Refused refused={p.refused} rows={p.refused_rows} />
          <Records preview={p} />
        </Stack>
      )}
      {start.error && <Failed error={start.error} />}
      <Group>
        <Button onClick={() => start.mutate()} disabled={!may} loading={start.isPending}>
          {t('columns.start')}
        </Button>
        <Button variant="default" onClick={back}>
          {t('back')}
        </Button>
      </Group>
    </Stack>
  )
}

function Reading() {
  const { t } = useTranslation('import')
  return (
    <Stack align="center" gap={0}>
      <Loading height={96} />
      <Text className="quiet">{t('columns.reading')}</Text>
    </Stack>
  )
}

function State({ preview: p }: { preview: Preview }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const fieldName = useFieldName()
  const lacks = unmet(p.needs, p.sources)
  if (p.problem !== undefined || lacks.length > 0) {
    return (
      <Alert color="orange" icon={<IconAlertTriangle />} title={t('columns.lacks')} role="alert">
        <ul style={{ margin: 0, paddingInlineStart: 18 }}>
          {lacks.map((group) => (
            <li key={group.join()}>{group.map(fieldName).join(` ${t('or')} `)}</li>
          ))}
        </ul>
        {p.problem !== undefined && (
          <Text size="sm" mt="xs" className="quiet">
            {p.problem}
          </Text>
        )}
      </Alert>
    )
  }
  return (
    <Stack gap="sm">
      {!p.complete && (
        <Alert color="gray" icon={<IconInfoCircle />}>
          {t('columns.part', { shown: format.count(p.rows) })}
        </Alert>
      )}
      {p.unchanged && (
        <Alert color="gray" icon={<IconInfoCircle />}>
          {t('columns.unchanged')}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name={t('rows')} value={format.count(p.rows)} />
        <Figure name={t('accepted')} value={format.count(p.accepted)} />
        <Figure name={t('would_refuse')} value={format.count(p.refused)} about={p.refused > 0 && p.rows > 0 ? format.share(p.refused / p.rows) : undefined} />
        <Figure name={t('period')} value={p.from === undefined ? '–' : <Text fw={650}>{format.day(p.from)}</Text>} about={p.to === undefined ? undefined : t('until', { at: format.day(p.to) })} />
      </SimpleGrid>
    </Stack>
  )
}
