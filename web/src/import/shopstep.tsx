import { Alert, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { Problem } from '../api/client'
import { language } from '../locale/locale'
import { useMay } from '../session/session'
import { browserCountry, browserZone, currencyOf, shopLanguage } from '../setting/choices'
import type { Settings } from '../setting/shop'
import { CountrySelect, CurrencySelect, LanguageSelect, useSaveShop, ZoneSelect } from '../setting/shopform'
import { Panel } from '../shell/panel'
import { Failed } from '../shell/state'

// What a shop has that nobody has set up yet.
const untouched = (shop: Settings) => shop.country === '' && shop.name === '' && shop.timezone === 'UTC'

function presets(shop: Settings) {
  const { name, country, currency, timezone } = shop
  if (!untouched(shop)) return { name, country, currency, timezone, language: shop.language }
  const here = browserCountry() ?? ''
  return { name, country: here, currency: currencyOf(here) ?? currency, timezone: browserZone(), language: shopLanguage(language()) }
}

/** What must be right before the first fact: some of it cannot be changed later. */
export function ShopStep({ shop, done }: { shop: Settings; done: () => void }) {
  const { t } = useTranslation('import')
  const may = useMay()
  const save = useSaveShop()
  const form = useForm({ initialValues: presets(shop) })
  if (!may('manage')) {
    return (
      <Panel title={t('shop.title')}>
        <Text>{t('shop.as_it_is', { timezone: shop.timezone, currency: shop.currency })}</Text>
        <Group>
          <Button onClick={done}>{t('next')}</Button>
        </Group>
      </Panel>
    )
  }
  const submit = (values: typeof form.values) =>
    save.mutate(values, {
      onSuccess: done,
      onError: (error) => {
        if (error instanceof Problem) for (const [field, message] of error.fields) form.setFieldError(field, message)
      },
    })
  return (
    <Panel title={t('shop.title')} about={t('shop.about')}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack maw={720}>
          {save.error && <Failed error={save.error} />}
          <TextInput label={t('shop.name', { ns: 'setting' })} maxLength={200} autoComplete="organization" {...form.getInputProps('name')} />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <ZoneSelect required {...form.getInputProps('timezone')} />
            <CurrencySelect required {...form.getInputProps('currency')} />
            <CountrySelect required {...form.getInputProps('country')} />
            <LanguageSelect required {...form.getInputProps('language')} />
          </SimpleGrid>
          <Alert variant="light" color="orange" icon={<IconLock size={18} />}>
            {t('shop.fixed')}
          </Alert>
          <Group>
            <Button type="submit" loading={save.isPending}>
              {t('next')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
