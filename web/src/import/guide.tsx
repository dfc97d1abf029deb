import { Stack, Stepper } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { shopQuery, type Settings } from '../setting/shop'
import { Page } from '../shell/page'
import { Answer } from '../shell/state'
import { Files } from './files'
import type { Kind } from './imports'
import { Columns } from './columns'
import { ShopStep } from './shopstep'
import { useUploads } from './useuploads'

const route = getRouteApi('/frame/imports/new')

/** The guided import: the shop, the file, its columns, and off it goes. */
export function ImportPage() {
  const { t } = useTranslation('import')
  const shop = useQuery(shopQuery)
  return (
    <Page title={t('new.title')} about={t('new.about')}>
      <Answer of={shop}>{(s) => <Guide shop={s} />}</Answer>
    </Page>
  )
}

function Guide({ shop }: { shop: Settings }) {
  const { t } = useTranslation('import')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [asked] = useState(!shop.has_facts && search.uploads === undefined)
  const [shopDone, setShopDone] = useState(!asked)
  const [kind, setKind] = useState<Kind>(search.kind ?? 'orders')
  const [guessed, setGuessed] = useState<Kind>()
  const uploads = useUploads((found) => {
    setGuessed(found)
    if (search.kind === undefined) setKind(found)
  })
  const names = asked ? (['shop', 'file', 'columns'] as const) : (['file', 'columns'] as const)
  const step = !shopDone ? 'shop' : search.uploads === undefined ? 'file' : 'columns'
  const active = (names as readonly string[]).indexOf(step)
  const goTo = (index: number) => {
    if (index < active && names[index] === 'shop') setShopDone(false)
    if (index < active) void navigate({ search: {} })
  }
  return (
    <Stack gap="lg">
      <Stepper active={active} onStepClick={goTo} allowNextStepsSelect={false} size="sm" aria-label={t('new.title')} styles={{ content: { display: 'none' } }}>
        {names.map((name) => (
          <Stepper.Step key={name} label={t(`step.${name}`)} />
        ))}
        <Stepper.Step label={t('step.import')} />
      </Stepper>
      {step === 'shop' && <ShopStep shop={shop} done={() => setShopDone(true)} />}
      {step === 'file' && (
        <Files
          uploads={uploads}
          kind={kind}
          guessed={guessed}
          setKind={setKind}
          next={(ids) => void navigate({ search: { kind, uploads: ids } })}
        />
      )}
      {search.uploads !== undefined && <Columns key={search.uploads.join()} kind={search.kind ?? kind} uploads={search.uploads} shop={shop} back={() => void navigate({ search: {} })} />}
    </Stack>
  )
}
