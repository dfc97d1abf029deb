import { Tabs } from '@mantine/core'
import { Navigate, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useMay } from '../session/session'
import { Page } from '../shell/page'

const tabs = [
  { name: 'shop', to: '/settings/shop', permission: 'manage' },
  { name: 'team', to: '/settings/team', permission: 'manage' },
  { name: 'keys', to: '/settings/keys', permission: 'manage' },
  { name: 'audit', to: '/settings/audit', permission: 'manage' },
  { name: 'account', to: '/settings/account', permission: 'self' },
  { name: 'appearance', to: '/settings/appearance', permission: 'self' },
] as const

/** The settings: each tab is a page with an address of its own. */
export function SettingsPage() {
  const { t } = useTranslation('setting')
  const may = useMay()
  const navigate = useNavigate()
  const path = useRouterState({ select: (s) => s.location.pathname })
  const shown = tabs.filter((tab) => may(tab.permission))
  const here = shown.find((tab) => path === tab.to)
  return (
    <Page title={t('title')}>
      <Tabs
        value={here?.name ?? null}
        onChange={(name) => {
          const tab = shown.find((x) => x.name === name)
          if (tab) void navigate({ to: tab.to })
        }}
        activateTabWithKeyboard={false}
      >
        <Tabs.List mb="lg" style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }} aria-label={t('title')}>
          {shown.map((tab) => (
            <Tabs.Tab key={tab.name} value={tab.name} style={{ whiteSpace: 'nowrap' }}>
              {t(`tab.${tab.name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {here ? (
          <Tabs.Panel value={here.name}>
            <Outlet />
          </Tabs.Panel>
        ) : (
          <Outlet />
        )}
      </Tabs>
    </Page>
  )
}

/** Where the settings begin: at the first tab that one may see. */
export function FirstSettings() {
  const may = useMay()
  const first = tabs.find((tab) => may(tab.permission))
  return <Navigate to={first?.to ?? '/'} replace />
}
