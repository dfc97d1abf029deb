import { Button, Paper, SimpleGrid, Stack, Text, TextInput, Title, UnstyledButton } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'

import { useOffers } from './add'
import classes from './builder.module.css'
import { matching } from './choice'
import { useBuilder } from './context'
import { ready, type Offer } from './offers'
import { focusAdded } from './rowmenu'
import { useTexts } from './texts'
import { groupBy } from '../groups'

const shownAtFirst = 6

/** Where one begins: what shops ask often, and a search of everything that can be asked. */
export function Begin() {
  const { edit, suggest } = useBuilder()
  const t = useTexts()
  const offers = useOffers(undefined)
  const [search, setSearch] = useState('')
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set())
  const often = t('offer.group.ready')
  const pick = (o: Offer) => {
    edit(() => structuredClone(o.node))
    if (o.group === often) suggest(o.label)
    focusAdded('')
  }
  const found = matching(offers, search) as Offer[]
  const groups = [...groupBy(found, (o) => o.group ?? '')]
  return (
    <Stack gap="lg">
      <Stack gap={4}>
        <Title order={2} size="h4">
          {t('begin.title')}
        </Title>
        <Text className="quiet">{t('begin.about')}</Text>
      </Stack>
      <TextInput
        size="md"
        leftSection={<IconSearch size={18} />}
        placeholder={t('begin.search')}
        aria-label={t('begin.search')}
        value={search}
        onChange={(e) => setSearch(e.currentTarget.value)}
        onKeyDown={(e) => {
          const [best] = found
          if (e.key === 'Enter' && !e.nativeEvent.isComposing && search.trim() !== '' && best !== undefined) pick(best)
        }}
        maw={560}
      />
      <div role="status" className="hidden-visually">
        {search.trim() === '' ? '' : t('begin.found', { count: found.length })}
      </div>
      {groups.length === 0 && <Text className="quiet">{t('nothing_found')}</Text>}
      {groups
        .filter(([name]) => name === often)
        .map(([name, list]) => (
          <section key={name} aria-label={name}>
            <Title order={3} size="h6" mb="xs">
              {name}
            </Title>
            <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xs">
              {list.map((o) => (
                <UnstyledButton key={o.value} className={classes.card} onClick={() => pick(o)}>
                  <Text size="sm" fw={550}>
                    {o.label}
                  </Text>
                  <Text size="sm" className="quiet">
                    {t(`ready_about.${readyName(o)}`)}
                  </Text>
                </UnstyledButton>
              ))}
            </SimpleGrid>
          </section>
        ))}
      <div className={classes.columns}>
        {groups
          .filter(([name]) => name !== often)
          .map(([name, list]) => {
            const shown = search.trim() !== '' || whole.has(name) ? list : list.slice(0, shownAtFirst)
            return (
              <Paper key={name} withBorder p="sm" component="section" aria-label={name} className={classes.column}>
                <Title order={3} size="h6" mb={6}>
                  {name}
                </Title>
                <ul className={classes.plain}>
                  {shown.map((o) => (
                    <li key={o.value}>
                      <UnstyledButton className={classes.offer} onClick={() => pick(o)}>
                        {o.label}
                      </UnstyledButton>
                    </li>
                  ))}
                </ul>
                {shown.length < list.length && (
                  <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setWhole(new Set([...whole, name]))}>
                    {t('begin.more', { count: list.length - shown.length })}
                  </Button>
                )}
              </Paper>
            )
          })}
      </div>
    </Stack>
  )
}

const readyName = (o: Offer) => Object.keys(ready).find((key) => o.value === `ready ${key}`) ?? ''
