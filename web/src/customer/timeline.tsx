import { Button, Chip, Group, Stack, Text, Timeline as Line } from '@mantine/core'
import {
  IconCoin,
  IconEye,
  IconHeart,
  IconMail,
  IconMessage,
  IconPoint,
  IconReceiptRefund,
  IconShoppingBag,
  IconShoppingCart,
  IconTicket,
  type Icon,
} from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { useNames } from '../segment/builder/texts'
import { Answer } from '../shell/state'
import { customerParams } from './name'

type Entry = Schemas['ProfileEntry']

const icons: Record<Entry['kind'], Icon> = {
  order: IconShoppingBag,
  refund: IconReceiptRefund,
  visit: IconEye,
  cart: IconShoppingCart,
  favourite: IconHeart,
  ticket: IconMessage,
  message: IconMail,
  coupon: IconTicket,
  points: IconCoin,
  event: IconPoint,
}

const kinds = Object.keys(icons) as Entry['kind'][]

/** What happened to a customer, the newest first. */
export function Timeline({ customer }: { customer: string }) {
  const { t } = useTranslation('customer')
  const [wanted, setWanted] = useState<string[]>([])
  const { path, query } = customerParams(customer)
  const pages = useInfiniteQuery({
    queryKey: ['customers', 'one', customer, 'timeline', wanted],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ask(
        client.GET('/v1/customers/{id}/timeline', {
          params: { path, query: { ...query, kinds: wanted.join(','), limit: 30, ...(pageParam === undefined ? {} : { after: pageParam }) } },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next,
  })
  return (
    <Stack>
      <Chip.Group multiple value={wanted} onChange={setWanted}>
        <Group gap={6} role="group" aria-label={t('kinds')}>
          {kinds.map((k) => (
            <Chip key={k} value={k} size="xs">
              {t(`kind.${k}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Answer of={pages}>
        {(p) => {
          const entries = p.pages.flatMap((x) => x.entries)
          if (entries.length === 0) return <Text className="quiet">{t('timeline_none')}</Text>
          return (
            <>
              <Line bulletSize={26} lineWidth={2}>
                {entries.map((e, i) => (
                  <EntryOf key={i} entry={e} />
                ))}
              </Line>
              {pages.hasNextPage && (
                <Button variant="default" onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>
                  {t('older')}
                </Button>
              )}
            </>
          )
        }}
      </Answer>
    </Stack>
  )
}

function EntryOf({ entry: e }: { entry: Entry }) {
  const { t } = useTranslation('customer')
  const format = useFormat()
  const names = useNames()
  const Mark = icons[e.kind]
  const isEvent = e.kind === 'event'
  const title = isEvent ? names.happened({ event: e.what ?? '' }, false) : [t(`kind.${e.kind}`), e.id].filter(Boolean).join(' ')
  const what = e.kind === 'cart' || e.kind === 'favourite' ? t(`${e.kind}.${e.what ?? 'added'}`) : isEvent ? '' : (e.what ?? '')
  const status = e.status === undefined ? '' : names.value(`${e.kind}.status`, e.status)
  return (
    <Line.Item bullet={<Mark size={14} />} title={<Text size="sm" fw={550}>{title}</Text>}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {[what, status, e.amount === undefined ? '' : e.kind === 'points' ? format.number(Number(e.amount)) : format.money(e.amount)].filter(Boolean).join(' · ')}
        {e.counts === false && ` · ${t('not_counted')}`}
      </Text>
      {e.items?.map((x, i) => (
        <Text key={i} size="sm" className="quiet" style={{ overflowWrap: 'anywhere' }}>
          {format.number(Number(x.quantity))} × {x.name ?? x.product ?? '?'}
          {x.revenue !== undefined && ` · ${format.money(x.revenue)}`}
        </Text>
      ))}
      <Text size="xs" className="quiet" component="time" dateTime={e.at} title={format.instant(e.at)}>
        {format.instant(e.at)}
      </Text>
    </Line.Item>
  )
}
