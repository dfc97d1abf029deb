import { Group, Text, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useFormat, type Format } from '../locale/format'
import { useSession } from '../session/session'
import { Answer, Empty } from '../shell/state'
import { customerLink, customerName, shownId } from './name'
import classes from './table.module.css'
import { scrollHeight, useNear, useWindow } from './window'

type Row = Schemas['ProfileRow']

/** Which customers are listed. */
export interface Filter {
  search?: string
  segment?: string
  group?: string
  country?: string
}

const rowHeight = 44
const pageLength = 100

interface Column {
  /** The key of its title. */
  name: string
  /** What the server sorts by; absent where it cannot. */
  sort?: string
  number?: boolean
  show: (row: Row, format: Format) => string
}

const columns: Column[] = [
  { name: 'email', show: (r) => r.email ?? r.phone ?? '' },
  { name: 'country', show: (r, f) => (r.country === undefined ? '' : f.country(r.country)) },
  { name: 'orders', sort: 'orders', number: true, show: (r, f) => f.count(r.orders) },
  { name: 'revenue', sort: 'revenue', number: true, show: (r, f) => f.money(r.revenue) },
  { name: 'average', sort: 'average', number: true, show: (r, f) => (r.average === undefined ? '' : f.money(r.average)) },
  { name: 'last_order', sort: 'last_order_at', number: true, show: (r, f) => (r.last_order_at === undefined ? '' : f.day(r.last_order_at)) },
]

/** Customers, of whom there may be millions: only those that are seen are asked for and drawn. */
export function CustomerTable({ filter, height }: { filter: Filter; height: number }) {
  const [sort, setSort] = useState('-revenue')
  const first = useQuery({
    queryKey: ['customers', 'list', filter, sort],
    queryFn: ({ signal }) => ask(client.GET('/v1/customers', { params: { query: { ...filter, sort, limit: pageLength } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  return (
    <Answer of={first} height={height}>
      {(list) => <Rows key={list.list} list={list} filter={filter} sort={sort} onSort={setSort} height={height} busy={first.isPlaceholderData} />}
    </Answer>
  )
}

interface RowsProps {
  list: Schemas['Customers']
  filter: Filter
  sort: string
  onSort: (sort: string) => void
  height: number
  busy: boolean
}

function Rows({ list, filter, sort, onSort, height, busy }: RowsProps) {
  const { t } = useTranslation('customer')
  const { ref, height: seen } = useElementSize()
  const rows = useWindow(list.total, rowHeight, seen === 0 ? height : seen)
  const row = usePages(list, filter, sort, rows.first, rows.end)
  const format = useFormat()
  if (list.total === 0) {
    const all = Object.keys(filter).length === 0
    return <Empty title={t(all ? 'none_yet' : 'none')}>{t(all ? 'none_yet_about' : 'none_about')}</Empty>
  }
  return (
    <div className={classes.frame}>
      <Text size="sm" className="quiet" mb={4} role="status">
        {t('total', { count: list.total, shown: format.count(list.total) })}
      </Text>
      <div className={classes.scroller} role="table" aria-rowcount={list.total + 1} aria-busy={busy} aria-label={t('title')}>
        <Heads sort={sort} onSort={onSort} />
        <div
          ref={ref}
          role="rowgroup"
          tabIndex={0}
          aria-label={t('title')}
          className={classes.body}
          onScroll={rows.onScroll}
          style={{ height: Math.min(height, list.total * rowHeight) }}
        >
          <div style={{ height: scrollHeight(list.total, rowHeight) }} role="presentation">
            <div className={classes.seen} style={{ transform: `translateY(${rows.offset}px)` }} role="presentation">
              {Array.from({ length: rows.end - rows.first }, (_, i) => (
                <RowOf key={rows.first + i} index={rows.first + i} row={row(rows.first + i)} format={format} />
              ))}
            </div>
          </div>
        </div>
      </div>
    </div>
  )
}

/**
 * Asks for the pages that rows are on, and returns what finds a row that came.
 * Of what a scroll bar is dragged over only those pages are asked for on which it
 * comes to rest: else each of a hundred requests would hold up the last one.
 */
function usePages(list: Schemas['Customers'], filter: Filter, sort: string, first: number, end: number): (index: number) => Row | undefined {
  const from = Math.floor(first / pageLength)
  const to = Math.floor(Math.max(first, end - 1) / pageLength)
  const enabled = useNear(from, 1)
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i)
  const pages = useQueries({
    queries: numbers.map((n) => ({
      queryKey: ['customers', 'page', list.list, n],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ask(client.GET('/v1/customers', { params: { query: { ...filter, sort, list: list.list, offset: n * pageLength, limit: pageLength } }, signal })),
      initialData: () => (n === 0 ? list : undefined),
      enabled,
      staleTime: 60_000,
    })),
  })
  return (index) => pages[Math.floor(index / pageLength) - from]?.data?.customers[index % pageLength]
}

function Heads({ sort, onSort }: { sort: string; onSort: (sort: string) => void }) {
  const { t } = useTranslation('customer')
  const masked = useSession()?.user.role === 'support'
  return (
    <div role="row" aria-rowindex={1} className={`${classes.row} ${classes.heads}`}>
      {/* The order of names would tell what support sees masked. */}
      <Head name={t('column.customer')} by={masked ? undefined : 'name'} sort={sort} onSort={onSort} />
      {columns.map((c) => (
        <Head key={c.name} name={t(`column.${c.name}`)} by={c.sort} number={c.number} sort={sort} onSort={onSort} />
      ))}
    </div>
  )
}

interface HeadProps {
  name: string
  by: string | undefined
  number?: boolean | undefined
  sort: string
  onSort: (sort: string) => void
}

function Head({ name, by, number, sort, onSort }: HeadProps) {
  const up = sort === by
  const down = sort === `-${by ?? ''}`
  const Arrow = up ? IconArrowUp : IconArrowDown
  return (
    <div role="columnheader" aria-sort={up ? 'ascending' : down ? 'descending' : undefined} className={number ? classes.number : classes.cell}>
      {by === undefined ? (
        name
      ) : (
        <UnstyledButton fz="sm" fw={650} onClick={() => onSort(down || (by === 'name' && !up) ? by : `-${by}`)}>
          <Group gap={4} wrap="nowrap" component="span" justify={number ? 'flex-end' : 'flex-start'}>
            {name}
            {(up || down) && <Arrow size={14} aria-hidden />}
          </Group>
        </UnstyledButton>
      )}
    </div>
  )
}

/** A row is drawn once, not with each step of scrolling. */
const RowOf = memo(function RowOf({ index, row, format }: { index: number; row: Row | undefined; format: Format }) {
  const { t } = useTranslation('customer')
  if (row === undefined) {
    return (
      <div role="row" aria-rowindex={index + 2} className={classes.row}>
        <div role="cell" className={classes.cell}>
          <span className={classes.coming} aria-hidden />
          <VisuallyHidden>{t('coming')}</VisuallyHidden>
        </div>
      </div>
    )
  }
  const name = customerName(row)
  return (
    <div role="row" aria-rowindex={index + 2} className={classes.row}>
      <div role="rowheader" className={classes.cell} title={`${name} · ${shownId(row.id)}`}>
        <Text component={Link} to={customerLink(row.id)} c="var(--mantine-color-anchor)" fw={550} size="sm">
          {name}
        </Text>
      </div>
      {columns.map((c) => {
        const text = c.show(row, format)
        return (
          <div key={c.name} role="cell" className={c.number ? classes.number : classes.cell} title={text}>
            {text}
          </div>
        )
      })}
    </div>
  )
})
