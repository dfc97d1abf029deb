import { ActionIcon, Avatar, Menu, Text, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { language, languages, match, speak } from '../locale/locale'
import { useLogOut, useSession } from './session'

const schemes = [
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
  { value: 'auto', icon: IconDeviceDesktop },
] as const

/** Who is logged in, how the console looks to them, and the way out. */
export function Account() {
  const { t } = useTranslation('session')
  const session = useSession()
  const logOut = useLogOut()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" radius="xl" aria-label={t('account')}>
          <Avatar size={32} color="petrol" variant="filled" name={session?.user.name ?? ''} alt="" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {session && (
          <>
            <Menu.Label>
              <Text size="sm" className="cut" title={session.user.name}>
                {session.user.name}
              </Text>
              <Text size="xs" className="cut" title={session.user.email}>
                {session.user.email} · {t(`role.${session.user.role}`)}
              </Text>
            </Menu.Label>
            <Menu.Item component={Link} to="/settings/account" leftSection={<IconUser size={16} />}>
              {t('yours')}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Label>{t('appearance')}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as typeof colorScheme)}>
          {schemes.map(({ value, icon: Icon }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<Icon size={16} />} closeMenuOnClick>
              {t(`scheme.${value}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t('language')}</Menu.Label>
        <Menu.RadioGroup value={language()} onChange={(tag) => void speak(match([tag]))}>
          {languages.map(({ tag, name }) => (
            <Menu.RadioItem key={tag} value={tag} lang={tag} closeMenuOnClick>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        {session && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void logOut()}>
              {t('out')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
