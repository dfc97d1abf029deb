import { SimpleGrid } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { ask, client, type Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { Figure } from '../shell/panel'
import { Answer } from '../shell/state'

const freshnessQuery = { queryKey: ['freshness'], queryFn: () => ask(client.GET('/v1/freshness')), refetchInterval: 5000 }

/** How recent what is shown is. */
export function Fresh() {
  const freshness = useQuery(freshnessQuery)
  return (
    <Answer of={freshness} height={96}>
      {(f) => <Figures freshness={f} />}
    </Answer>
  )
}

function Figures({ freshness: f }: { freshness: Schemas['Freshness'] }) {
  const { t } = useTranslation('health')
  const format = useFormat()
  const behind = (applied: number) => {
    const n = Math.max(0, f.log_end - applied)
    return n === 0 ? t('fresh.up_to_date') : t('fresh.behind', { count: n, shown: format.count(n) })
  }
  const last = (at: string | undefined) => (at === undefined ? t('fresh.none') : format.relative(at))
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
      <Figure name={t('fresh.warehouse')} value={behind(f.warehouse_applied)} about={t('fresh.warehouse_about')} />
      <Figure
        name={t('fresh.memberships')}
        value={f.memberships_clock === undefined ? t('fresh.not_kept') : behind(f.memberships_applied)}
        about={f.memberships_clock === undefined ? undefined : t('fresh.clock', { at: format.instant(f.memberships_clock) })}
      />
      <Figure name={t('fresh.import')} value={last(f.last_import_at)} about={f.last_import_at === undefined ? undefined : format.instant(f.last_import_at)} />
      <Figure name={t('fresh.events')} value={last(f.last_event_at)} about={f.last_event_at === undefined ? undefined : format.instant(f.last_event_at)} />
    </SimpleGrid>
  )
}
