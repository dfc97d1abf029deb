import { AppShell, Burger, Button, Group, Kbd, NavLink, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { Link, Outlet, useMatches, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Account } from '../session/account'
import { useLive } from '../live/live'
import { useMay, useSession } from '../session/session'
import { useShop } from '../setting/shop'
import icon from './icon.svg'
import { Page } from './page'
import { places } from './places'

// Loaded when it is first asked for.
const Search = lazy(() => import('./search'))

/** What surrounds every page: the way to the others, the search, and who one is. */
export function Frame() {
  const { t } = useTranslation('shell')
  const shop = useShop()
  useLive()
  const [open, { toggle, close }] = useDisclosure()
  const [searches, setSearches] = useState(0)
  const search = () => setSearches((n) => n + 1)
  useHotkeys([
    ['mod+K', search],
    ['/', search],
  ])
  const path = useRouterState({ select: (s) => s.location.pathname })
  useEffect(close, [path, close])
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !open } }} padding={{ base: 'sm', sm: 'lg' }}>
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} />
            <UnstyledButton component={Link} to="/" aria-label={t('place.overview')}>
              <img src={icon} alt="" width={28} height={28} style={{ display: 'block' }} />
            </UnstyledButton>
            <Text fw={650} className="cut" title={shop?.name}>
              {shop?.name === undefined || shop.name === '' ? 'Kith' : shop.name}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Button
              variant="default"
              leftSection={<IconSearch size={16} />}
              rightSection={<Kbd size="xs">Ctrl K</Kbd>}
              onClick={search}
              visibleFrom="sm"
            >
              {t('search')}
            </Button>
            <Button variant="default" onClick={search} hiddenFrom="sm" aria-label={t('search')} px="xs">
              <IconSearch size={16} />
            </Button>
            <Account />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('navigation')}>
        <Places path={path} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Allowed />
      </AppShell.Main>
      <Suspense>{searches > 0 && <Search times={searches} />}</Suspense>
    </AppShell>
  )
}

/** The page, or that it is not for whoever asks. */
function Allowed() {
  const { t } = useTranslation('shell')
  const may = useMay()
  const session = useSession()
  const permission = useMatches({ select: (matches) => matches.at(-1)?.staticData.permission })
  if (session === null || permission === undefined || may(permission)) return <Outlet />
  return (
    <Page title={t('not_allowed')}>
      <Text>{t('not_allowed_about', { role: t(`role.${session.user.role}`, { ns: 'session' }) })}</Text>
    </Page>
  )
}

function Places({ path }: { path: string }) {
  const { t } = useTranslation('shell')
  const may = useMay()
  return places
    .filter((p) => may(p.permission))
    .map((p) => {
      const here = p.to === '/' ? path === '/' : path === p.to || path.startsWith(p.to + '/')
      return (
        <NavLink
          key={p.to}
          component={Link}
          to={p.to}
          label={t(p.name)}
          leftSection={<p.icon size={18} stroke={1.6} />}
          active={here}
          aria-current={here ? 'page' : undefined}
          variant="light"
        />
      )
    })
}
