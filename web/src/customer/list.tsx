import { Group, Select, TextInput } from '@mantine/core'
import { useDebouncedValue, useViewportSize } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { segmentsQuery, shownName } from '../segment/segments'
import { Page } from '../shell/page'
import { CustomerTable } from './table'

/** All known customers: searched by any key, filtered, sorted. */
export function CustomersPage() {
  const { t } = useTranslation('customer')
  const { segment } = useSearch({ from: '/frame/customers' })
  const navigate = useNavigate()
  const segments = useQuery(segmentsQuery)
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 250)
  const { height } = useViewportSize()
  return (
    <Page title={t('title')} about={t('about')}>
      <Group>
        <TextInput
          aria-label={t('search')}
          placeholder={t('search')}
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          flex="1 1 260px"
        />
        <Select
          aria-label={t('segment')}
          placeholder={t('segment')}
          searchable
          clearable
          value={segment ?? null}
          onChange={(id) => void navigate({ to: '/customers', search: id === null ? {} : { segment: id }, replace: true })}
          data={(segments.data?.segments ?? []).filter((s) => s.text !== '').map((s) => ({ value: s.id, label: shownName(s) }))}
          flex="1 1 220px"
        />
      </Group>
      <CustomerTable
        filter={{ ...(search.length >= 2 ? { search } : {}), ...(segment === undefined ? {} : { segment }) }}
        height={Math.max(320, height - 280)}
      />
    </Page>
  )
}
