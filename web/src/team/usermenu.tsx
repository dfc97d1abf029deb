import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconLink, IconShieldOff, IconTrash, IconUserCheck, IconUserOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useSession } from '../session/session'
import { calledUser, type User } from './users'

interface Props {
  user: User
  newLink: () => void
  setDisabled: (disabled: boolean) => void
  takeFactor: () => void
  remove: () => void
}

/** What can be done with a user. */
export function UserMenu({ user, newLink, setDisabled, takeFactor, remove }: Props) {
  const { t } = useTranslation('team')
  const self = useSession()?.user.id === user.id
  const disabled = user.disabled_at !== undefined
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('actions_of', { who: calledUser(user) })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLink size={16} />} onClick={newLink} disabled={disabled}>
          {t(user.invited ? 'link.again' : 'link.new')}
        </Menu.Item>
        {user.mfa && !self && (
          <Menu.Item leftSection={<IconShieldOff size={16} />} onClick={takeFactor}>
            {t('factor_off')}
          </Menu.Item>
        )}
        {!self && (
          <Menu.Item leftSection={disabled ? <IconUserCheck size={16} /> : <IconUserOff size={16} />} onClick={() => setDisabled(!disabled)}>
            {t(disabled ? 'enable' : 'disable')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item c="var(--kith-danger)" leftSection={<IconTrash size={16} />} onClick={remove}>
          {t('delete.action')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
