import { Alert, Button, Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconLock } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, Problem } from '../api/client'
import { languages } from '../locale/locale'
import { Panel } from '../shell/panel'
import { Answer, Failed } from '../shell/state'
import { tell } from '../shell/tell'
import { countries, currencies, shopLanguage, zones, type Choice as Choosable } from './choices'
import { shopQuery, type Settings } from './shop'

/** The tab of the shop's own settings. */
export function ShopSettings() {
  const { t } = useTranslation('setting')
  const shop = useQuery(shopQuery)
  return (
    <Panel title={t('shop.title')} about={t('shop.about')}>
      <Answer of={shop}>{(s) => <ShopForm key={JSON.stringify(s)} shop={s} />}</Answer>
    </Panel>
  )
}

function ShopForm({ shop }: { shop: Settings }) {
  const { t } = useTranslation('setting')
  const save = useSaveShop()
  const form = useForm({
    initialValues: { name: shop.name, country: shop.country, language: shop.language, currency: shop.currency, timezone: shop.timezone },
  })
  const submit = (v: typeof form.values) => {
    const before = { name: shop.name, country: shop.country, language: shop.language }
    const change = shop.has_facts ? { name: v.name, country: v.country, language: v.language } : v
    save.mutate(change, {
      onSuccess: () => tell(t('saved'), shop.has_facts ? { label: t('undo', { ns: 'shell' }), do: () => save.mutate(before) } : undefined),
      onError: (error) => {
        if (error instanceof Problem) for (const [field, message] of error.fields) form.setFieldError(field, message)
      },
    })
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack maw={720}>
        {save.error && <Failed error={save.error} />}
        <TextInput label={t('shop.name')} description={t('shop.name_about')} maxLength={200} {...form.getInputProps('name')} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <CountrySelect {...form.getInputProps('country')} />
          <LanguageSelect {...form.getInputProps('language')} />
          <CurrencySelect readOnly={shop.has_facts} {...form.getInputProps('currency')} />
          <ZoneSelect readOnly={shop.has_facts} {...form.getInputProps('timezone')} />
        </SimpleGrid>
        <Alert variant="light" color="gray" icon={<IconLock size={18} />}>
          {t(shop.has_facts ? 'shop.fixed' : 'shop.will_be_fixed')}
        </Alert>
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {t('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Returns what changes the shop's settings. */
export function useSaveShop() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Partial<Pick<Settings, 'name' | 'country' | 'language' | 'currency' | 'timezone'>>) => ask(client.PATCH('/v1/shop', { body })),
    onSuccess: (settings) => queries.setQueryData(shopQuery.queryKey, settings),
  })
}

interface Choosing {
  placeholder?: string
  value?: string
  onChange?: (value: string) => void
  error?: ReactNode
  readOnly?: boolean
  required?: boolean
}

/** Chooses a currency of all that there are. */
export function CurrencySelect(props: Choosing) {
  const { t, i18n } = useTranslation('setting')
  const { value } = props
  const data = useMemo(() => currencies(i18n.language, value), [i18n.language, value])
  return <Choice label={t('shop.currency')} data={data} {...props} />
}

/** Chooses a time zone. */
export function ZoneSelect(props: Choosing) {
  const { t } = useTranslation('setting')
  const { value } = props
  const data = useMemo(() => zones(value), [value])
  return <Choice label={t('shop.timezone')} data={data} {...props} />
}

/** Chooses a country. */
export function CountrySelect(props: Choosing) {
  const { t, i18n } = useTranslation('setting')
  const { value } = props
  const data = useMemo(() => countries(i18n.language, value), [i18n.language, value])
  return <Choice label={t('shop.country')} data={data} {...props} />
}

/** Chooses a language of the console; one that it does not speak stays. */
export function LanguageSelect(props: Choosing & { label?: string }) {
  const { t } = useTranslation('setting')
  const known: Choosable[] = languages.map(({ tag, name }) => ({ value: shopLanguage(tag), label: name }))
  const { value } = props
  const data = value === undefined || value === '' || known.some((l) => l.value === value) ? known : [{ value, label: value }, ...known]
  return <Choice label={t('shop.language')} data={data} {...props} />
}

function Choice({ value, onChange, ...rest }: Choosing & { label: string; data: Choosable[] }) {
  const { t } = useTranslation('setting')
  return (
    <Select
      variant={rest.readOnly ? 'filled' : 'default'}
      searchable={rest.data.length > 10 && !rest.readOnly}
      allowDeselect={false}
      nothingFoundMessage={t('nothing_found')}
      value={value === '' || value === undefined ? null : value}
      onChange={(v) => onChange?.(v ?? '')}
      maxDropdownHeight={320}
      {...rest}
    />
  )
}
