import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconUser, IconUsersGroup } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client } from '../api/client'
import { customerLink, customerName, shownId } from '../customer/name'
import { segmentsQuery } from '../segment/segments'
import { useMay } from '../session/session'
import { places } from './places'

/** Ctrl+K: finds pages, segments and customers. It opens each time it is asked for once more. */
export default function Search({ times }: { times: number }) {
  const { t } = useTranslation('shell')
  const may = useMay()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  useEffect(() => spotlight.open(), [times])
  const [asked] = useDebouncedValue(text.trim(), 150)
  const segments = useQuery({ ...segmentsQuery, enabled: may('view') })
  const customers = useQuery({
    queryKey: ['customers', 'search', asked],
    queryFn: ({ signal }) => ask(client.GET('/v1/search', { params: { query: { q: asked, limit: 8 } }, signal })),
    enabled: asked.length >= 2 && may('people'),
    placeholderData: keepPreviousData,
  })
  const pages: SpotlightActionData[] = places
    .filter((p) => may(p.permission))
    .map((p) => ({ id: p.to, label: t(p.name), leftSection: <p.icon size={18} />, onClick: () => void navigate({ to: p.to }) }))
  const found: SpotlightActionData[] = (segments.data?.segments ?? []).map((s) => ({
    id: `segment ${s.id}`,
    label: s.name === '' ? s.id : s.name,
    description: s.text,
    keywords: [s.id],
    leftSection: <IconUsersGroup size={18} />,
    onClick: () => void navigate({ to: '/segments/$id', params: { id: s.id } }),
  }))
  const people: SpotlightActionData[] = (asked.length >= 2 ? (customers.data?.customers ?? []) : []).map((c) => ({
    id: `customer ${c.id}`,
    label: customerName(c),
    description: [shownId(c.id), c.email, c.phone].filter(Boolean).join(' · '),
    // The server found them, by keys that are not shown.
    keywords: [text],
    leftSection: <IconUser size={18} />,
    onClick: () => void navigate({ to: customerLink(c.id) }),
  }))
  const groups: SpotlightActionGroupData[] = [
    { group: t('place.customers'), actions: people },
    { group: t('pages'), actions: pages },
    { group: t('place.segments'), actions: text.trim() === '' ? found.slice(0, 5) : found },
  ]
  return (
    <Spotlight
      actions={groups.filter((g) => g.actions.length > 0)}
      query={text}
      onQueryChange={setText}
      nothingFound={t('nothing_found')}
      shortcut={null}
      attributes={{ content: { 'aria-label': t('search') } }}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      limit={24}
      scrollable
      maxHeight={480}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: t('search_about'), 'aria-label': t('search') }}
    />
  )
}
