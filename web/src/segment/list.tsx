import { Badge, Button, Group, SegmentedControl, Stack, Table, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../api/client'
import { Sparkline } from '../chart/sparkline'
import { useFormat } from '../locale/format'
import { useMay } from '../session/session'
import { Page } from '../shell/page'
import { Answer, Empty } from '../shell/state'
import { figuresQuery } from './figures'
import { groupBy } from './groups'
import { useMissing } from './missing'
import { segmentsQuery, shownName, type Segment } from './segments'

type Figures = Schemas['SegmentFigures']
type Kind = 'all' | 'own' | 'preset'

// What the shop saved, then presets by what they are for, as a customer's life with the shop goes.
const order = ['own', 'first_order', 'second_order', 'cart', 'sell_more', 'reorder', 'reward', 'win_back', 'discount', 'occasion', 'content', 'service'] as const

/** All segments with their sizes, how these went, and what their members are worth. */
export function SegmentsPage() {
  const { t } = useTranslation('segment')
  const may = useMay()
  const segments = useQuery(segmentsQuery)
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        may('edit') && (
          <Button component={Link} to="/segments/new" leftSection={<IconPlus size={16} />}>
            {t('new')}
          </Button>
        )
      }
    >
      <Answer of={segments}>{(list) => <List segments={list.segments} />}</Answer>
    </Page>
  )
}

function List({ segments }: { segments: Segment[] }) {
  const { t } = useTranslation('segment')
  const figures = useQuery(figuresQuery)
  const [kind, setKind] = useState<Kind>('all')
  const [text, setText] = useState('')
  const [sort, setSort] = useState<Sort>()
  const byID = useMemo(() => new Map(figures.data?.segments.map((f) => [f.id, f])), [figures.data])
  const wanted = text.trim().toLocaleLowerCase()
  const shown = segments
    .filter(
      (s) =>
        (kind === 'all' || (kind === 'preset') === s.preset) &&
        (wanted === '' || [s.id, s.name, s.text, s.purpose, s.tactic].some((x) => x?.toLocaleLowerCase().includes(wanted))),
    )
    .sort((a, b) => compare(byID.get(a.id), byID.get(b.id), sort))
  // Who sorts looks for the first of all.
  const grouped = groupBy(shown, (s) => (sort === undefined ? (s.goal ?? 'own') : 'own'))
  const groups = order.flatMap((goal) => (grouped.has(goal) ? [[goal, grouped.get(goal) ?? []] as const] : []))
  return (
    <Stack>
      <Group justify="space-between">
        <SegmentedControl
          aria-label={t('kind')}
          w={{ base: '100%', xs: 'auto' }}
          value={kind}
          onChange={(k) => setKind(k)}
          data={(['all', 'own', 'preset'] as const).map((k) => ({ value: k, label: t(`kinds.${k}`) }))}
        />
        <TextInput
          aria-label={t('filter')}
          placeholder={t('filter')}
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          w={{ base: '100%', xs: 280 }}
        />
      </Group>
      {shown.length === 0 ? (
        <Empty title={t(kind === 'own' && wanted === '' ? 'none_own' : 'none_found')}>{kind === 'own' && wanted === '' ? t('none_own_about') : undefined}</Empty>
      ) : (
        <Table.ScrollContainer minWidth={720}>
          <Table verticalSpacing="xs" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('name')}</Table.Th>
                <Head by="customers" sort={sort} onSort={setSort} />
                <Table.Th className="number">{t('share')}</Table.Th>
                <Head by="trend" sort={sort} onSort={setSort} />
                <Head by="today" sort={sort} onSort={setSort} />
                <Head by="revenue_12m" sort={sort} onSort={setSort} />
              </Table.Tr>
            </Table.Thead>
            {groups.map(([goal, segments]) => (
              <Table.Tbody key={goal}>
                {groups.length > 1 && (
                  <Table.Tr>
                    <Table.Th colSpan={6} scope="rowgroup" className="quiet" pt="md">
                      {goal === 'own' ? t('kinds.own') : t(`goal.${goal}`)}
                    </Table.Th>
                  </Table.Tr>
                )}
                {segments.map((s) => (
                  <Row key={s.id} segment={s} figures={byID.get(s.id)} />
                ))}
              </Table.Tbody>
            ))}
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  )
}

const sorts = {
  customers: (f: Figures) => f.customers,
  trend: changed,
  today: (f: Figures) => f.entered_today !== undefined && f.left_today !== undefined ? f.entered_today + f.left_today : undefined,
  revenue_12m: (f: Figures) => (f.revenue_12m === undefined ? undefined : Number(f.revenue_12m)),
}

interface Sort {
  by: keyof typeof sorts
  down: boolean
}

/** By how much a segment grew or shrank in 30 days, or since its size is known. */
function changed(f: Figures): number | undefined {
  const [first, last] = [f.trend?.[0], f.trend?.at(-1)]
  return first === undefined || last === undefined || first === last ? undefined : last.size - first.size
}

/** The order of two: without a value, and what the shop has no data for, come last. */
function compare(a: Figures | undefined, b: Figures | undefined, sort: Sort | undefined): number {
  const lacks = (f: Figures | undefined) => Number((f?.missing ?? []).length > 0)
  const value = (f: Figures | undefined) => (f === undefined || sort === undefined ? undefined : sorts[sort.by](f))
  const [x, y] = [value(a), value(b)]
  if (x === undefined || y === undefined) return lacks(a) - lacks(b) || Number(x === undefined) - Number(y === undefined)
  return sort?.down === true ? y - x : x - y
}

function Head({ by, sort, onSort }: { by: Sort['by']; sort: Sort | undefined; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation('segment')
  const down = sort?.by === by ? sort.down : undefined
  const Arrow = down === false ? IconArrowUp : IconArrowDown
  return (
    <Table.Th className="number" aria-sort={down === undefined ? undefined : down ? 'descending' : 'ascending'}>
      <UnstyledButton fz="sm" fw={700} onClick={() => onSort({ by, down: down !== true })}>
        <Group gap={4} wrap="nowrap" component="span" justify="flex-end">
          {t(by)}
          {down !== undefined && <Arrow size={14} aria-hidden />}
        </Group>
      </UnstyledButton>
    </Table.Th>
  )
}

function Trend({ figures }: { figures: Figures | undefined }) {
  const format = useFormat()
  const change = figures && changed(figures)
  if (change === undefined) return <span className="quiet">–</span>
  return (
    <Group gap="xs" wrap="nowrap" justify="flex-end">
      <Sparkline values={(figures?.trend ?? []).map((d) => d.size)} width={64} />
      <span>{change === 0 ? '0' : (change > 0 ? '+' : '−') + format.count(Math.abs(change))}</span>
    </Group>
  )
}

function Row({ segment, figures }: { segment: Segment; figures: Figures | undefined }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  const missing = useMissing()
  const lacks = figures?.missing ?? []
  return (
    <Table.Tr>
      <Table.Td maw={420}>
        <Group gap="xs" wrap="nowrap">
          <Text component={Link} to={`/segments/${segment.id}`} fw={550} className="cut" title={shownName(segment)} c="var(--mantine-color-anchor)">
            {shownName(segment)}
          </Text>
          {segment.changed && <Badge variant="default">{t('changed')}</Badge>}
          {segment.text === '' && <Badge variant="default">{t('template')}</Badge>}
        </Group>
        <Text size="sm" className="quiet" lineClamp={1} title={segment.tactic ?? segment.text}>
          {segment.tactic ?? segment.text}
        </Text>
      </Table.Td>
      {lacks.length > 0 ? (
        <Table.Td colSpan={5}>
          <Text size="sm" className="quiet">
            {t('needs', { what: missing(lacks) })}
          </Text>
        </Table.Td>
      ) : (
        <>
          <Table.Td className="number">{figures?.customers === undefined ? '–' : format.count(figures.customers)}</Table.Td>
          <Table.Td className="number">{figures?.share === undefined ? '–' : format.share(figures.share)}</Table.Td>
          <Table.Td className="number">
            <Trend figures={figures} />
          </Table.Td>
          <Table.Td className="number">
            <Today entered={figures?.entered_today} left={figures?.left_today} />
          </Table.Td>
          <Table.Td className="number">{figures?.revenue_12m === undefined ? '–' : format.shortMoney(figures.revenue_12m)}</Table.Td>
        </>
      )}
    </Table.Tr>
  )
}

function Today({ entered, left }: { entered: number | undefined; left: number | undefined }) {
  const { t } = useTranslation('segment')
  const format = useFormat()
  if (entered === undefined || left === undefined) return <span className="quiet">–</span>
  if (entered === 0 && left === 0) return <span className="quiet">0</span>
  return (
    <Tooltip label={t('today_about', { entered: format.count(entered), left: format.count(left) })}>
      <span>
        {[entered, -left].filter((n) => n !== 0).map((n) => format.gain(n)).join(' ')}
      </span>
    </Tooltip>
  )
}
