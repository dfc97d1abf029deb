import { Anchor, Button, Group, Stack, Text, TextInput, Title, UnstyledButton } from '@mantine/core'
import { IconDownload, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useRouterState } from '@tanstack/react-router'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useMay } from '../session/session'
import { Page } from '../shell/page'
import { Answer, Empty } from '../shell/state'
import classes from './apidoc.module.css'
import { documentQuery, found, routesOf, type Document } from './document'
import { Open, schemaPlace } from './links'
import { RouteCard } from './route'
import { Tree } from './tree'

/** What programs can ask Kith, made from what the server says of itself. */
export function APIPage() {
  const { t } = useTranslation('apidoc')
  const may = useMay()
  const document = useQuery(documentQuery)
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <Button component="a" href="/openapi.json" download="kith-openapi.json" variant="default" leftSection={<IconDownload size={16} />}>
          {t('download')}
        </Button>
      }
    >
      <Text size="sm">
        {t('key_about')}{' '}
        {may('manage') && (
          <Anchor component={Link} to="/settings/keys" size="sm" underline="always">
            {t('make_key')}
          </Anchor>
        )}
      </Text>
      <Answer of={document}>{(d) => <Routes document={d} />}</Answer>
    </Page>
  )
}

function Routes({ document }: { document: Document }) {
  const { t } = useTranslation('apidoc')
  const hash = useRouterState({ select: (s) => s.location.hash })
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim())
  const [opened, setOpened] = useState<ReadonlyMap<string, boolean>>(new Map())
  const set = (id: string, open: boolean) => setOpened((before) => new Map(before).set(id, open))
  const isOpen = (id: string) => opened.get(id) ?? hash === id
  useEffect(() => {
    if (hash !== '') window.document.getElementById(hash)?.scrollIntoView()
  }, [hash])
  const all = useMemo(() => routesOf(document), [document])
  const routes = search === '' ? all : all.filter((r) => found(r, search))
  const shownGroups = [...new Set(routes.map((r) => r.group))]
  const schemas = Object.entries(document.components?.schemas ?? {})
    .filter(([name]) => search === '' || name.toLowerCase().includes(search.toLowerCase()))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const groupName = (group: string) => t(`group.${group}`, { defaultValue: group })
  return (
    <Open value={(id) => set(id, true)}>
      <Stack gap="xl">
        <TextInput
          aria-label={t('search')}
          placeholder={t('search')}
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          maw={480}
        />
        {search === '' && (
          <Group gap="md" component="nav" aria-label={t('contents')}>
            {shownGroups.map((group) => (
              <Anchor key={group} component={Link} to="." hash={`group-${group}`} size="sm">
                {groupName(group)}
              </Anchor>
            ))}
            <Anchor component={Link} to="." hash="schemas" size="sm">
              {t('schemas')}
            </Anchor>
          </Group>
        )}
        {routes.length + schemas.length === 0 && <Empty title={t('nothing')}>{t('nothing_about')}</Empty>}
        {shownGroups.map((group) => (
          <Stack key={group} gap="xs" component="section" id={`group-${group}`} style={{ scrollMarginTop: 72 }}>
            <Title order={2} size="h4">
              {groupName(group)}
            </Title>
            {routes.filter((r) => r.group === group).map((route) => (
              <RouteCard key={route.id} document={document} route={route} open={isOpen(route.id)} toggle={() => set(route.id, !isOpen(route.id))} />
            ))}
          </Stack>
        ))}
        {schemas.length > 0 && (
          <Stack gap="xs" component="section" id="schemas" style={{ scrollMarginTop: 72 }}>
            <Title order={2} size="h4">
              {t('schemas')}
            </Title>
            {schemas.map(([name, schema]) => {
              const id = schemaPlace(name)
              return (
                <section key={name} id={id} className={classes.route} aria-label={name}>
                  <UnstyledButton className={classes.schemaHead} aria-expanded={isOpen(id)} onClick={() => set(id, !isOpen(id))}>
                    {name}
                  </UnstyledButton>
                  {isOpen(id) && (
                    <div className={classes.body}>
                      <Tree schema={schema} />
                    </div>
                  )}
                </section>
              )
            })}
          </Stack>
        )}
      </Stack>
    </Open>
  )
}
