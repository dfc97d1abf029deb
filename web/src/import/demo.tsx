import { Alert, Button, Group, NativeSelect, Radio, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client } from '../api/client'
import { useFormat } from '../locale/format'
import { language, languages } from '../locale/locale'
import { shopLanguage } from '../setting/choices'
import { shopQuery, type Settings } from '../setting/shop'
import { Page } from '../shell/page'
import { Panel } from '../shell/panel'
import { Answer, Failed } from '../shell/state'

const sizes = [2_000, 20_000, 100_000]

/** The demo shop: invented people and orders, to try everything on. */
export function DemoPage() {
  const { t } = useTranslation('import')
  const shop = useQuery(shopQuery)
  return (
    <Page title={t('demo.title')} about={t('demo.about')}>
      <Answer of={shop}>
        {(s) =>
          s.has_facts ? (
            <Alert color="orange" title={t('demo.has_facts')}>
              <Stack align="flex-start" gap="sm">
                <Text size="sm">{t('demo.has_facts_about')}</Text>
                <Button component={Link} to="/segments" variant="default">
                  {t('see_segments')}
                </Button>
              </Stack>
            </Alert>
          ) : (
            <DemoForm shop={s} />
          )
        }
      </Answer>
    </Page>
  )
}

function DemoForm({ shop }: { shop: Settings }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const navigate = useNavigate()
  const [customers, setCustomers] = useState(String(sizes[1]))
  const [spoken, setSpoken] = useState(shopLanguage(language()))
  const make = useMutation({
    mutationFn: () => ask(client.POST('/v1/demo', { body: { customers: Number(customers), language: spoken } })),
    onSuccess: ({ id }) => navigate({ to: '/imports/$id', params: { id } }),
  })
  return (
    <Panel title={t('demo.make')} about={t('demo.make_about', { timezone: shop.timezone, currency: shop.currency })}>
      <Stack maw={640}>
        {make.error && <Failed error={make.error} />}
        <Radio.Group label={t('demo.customers')} value={customers} onChange={setCustomers}>
          <SimpleGrid cols={{ base: 1, xs: 3 }} mt="xs">
            {sizes.map((n) => (
              <Radio key={n} value={String(n)} label={format.count(n)} description={t(`demo.size.${n}`)} />
            ))}
          </SimpleGrid>
        </Radio.Group>
        <NativeSelect
          label={t('demo.language')}
          value={spoken}
          onChange={(e) => setSpoken(shopLanguage(e.currentTarget.value))}
          data={languages.map(({ tag, name }) => ({ value: shopLanguage(tag), label: name }))}
          maw={280}
        />
        <Group>
          <Button leftSection={<IconFlask size={16} />} loading={make.isPending} onClick={() => make.mutate()}>
            {t('demo.start')}
          </Button>
        </Group>
        <Text size="sm" className="quiet">
          {t('demo.stays')}
        </Text>
      </Stack>
    </Panel>
  )
}
