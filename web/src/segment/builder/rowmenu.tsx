import { ActionIcon, Menu } from '@mantine/core'
import type { KeyboardEvent } from 'react'
import { IconArrowDown, IconArrowUp, IconCopy, IconDots, IconFolder, IconFolderOpen, IconSwitchHorizontal, IconTrash } from '@tabler/icons-react'

import { useBuilder } from './context'
import { useTexts } from './texts'
import { duplicate, groupOf, isGroup, isPart, keyOf, move, negate, placeOf, remove, unwrap, wrap, type Facts, type Node, type Path } from '../tree'

/** Whether a part of a group has somewhere to go. */
function canMove(path: Path, siblings: number, by: 1 | -1): boolean {
  const { group, index } = placeOf(path)
  return isPart(path) && (isPart(group) || (index + by >= 0 && index + by < siblings))
}

/** Returns what can be done with a part of a group; the focus stays where one goes on. */
export function useRowActions(of: Node, path: Path, siblings: number) {
  const { edit, announce } = useBuilder()
  const t = useTexts()
  const moving = (by: 1 | -1) => {
    if (!canMove(path, siblings, by)) return
    edit((tree) => tree && move(tree, path, by))
    announce(t(by === 1 ? 'said.down' : 'said.up'))
    focusOn(`[data-key="${keyOf(of)}"] button`) // in another group it is made anew
  }
  return {
    remove: () => {
      edit((tree) => tree && remove(tree, path))
      announce(t('said.removed'))
      focusOn(`[data-path="${path}"] button, [data-add="${placeOf(path).group}"], [data-add=""]`)
    },
    duplicate: () => {
      edit((tree) => tree && duplicate(tree, path))
      announce(t('said.duplicated'))
    },
    move: moving,
    /** Moves by Alt and the arrows. */
    onKeyDown: (e: KeyboardEvent) => {
      if (!e.altKey || (e.key !== 'ArrowUp' && e.key !== 'ArrowDown')) return
      e.preventDefault()
      e.stopPropagation()
      moving(e.key === 'ArrowUp' ? -1 : 1)
    },
  }
}

function focusOn(selector: string) {
  requestAnimationFrame(() => {
    if (document.activeElement === null || document.activeElement === document.body) document.querySelector<HTMLElement>(selector)?.focus()
  })
}

/** Goes to what was just added to a group: to what is left to fill in, or to its first control. */
export function focusAdded(group: Path) {
  setTimeout(() => {
    const add = [...document.querySelectorAll<HTMLElement>('[data-add]')].find((b) => b.dataset.add === group)
    const row = add?.closest('[data-path]')?.querySelector(':scope > ul > li:last-child')
    const blank = row?.querySelector<HTMLElement>('[data-empty]') ?? row?.querySelector<HTMLElement>('button, input')
    blank?.focus()
  }, 50)
}

interface Props {
  of: Node
  path: Path
  siblings: number
  within?: Facts
}

/** What can be done with a part of a group. */
export function RowMenu({ of, path, siblings }: Props) {
  const { edit } = useBuilder()
  const t = useTexts()
  const actions = useRowActions(of, path, siblings)
  const alone = !isPart(path)
  const group = isGroup(of)
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t(group ? 'row.group_actions' : 'row.actions')}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {!alone && (
          <>
            <Menu.Item leftSection={<IconArrowUp size={16} />} rightSection={<Keys>Alt ↑</Keys>} disabled={!canMove(path, siblings, -1)} onClick={() => actions.move(-1)}>
              {t('row.up')}
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowDown size={16} />} rightSection={<Keys>Alt ↓</Keys>} disabled={!canMove(path, siblings, 1)} onClick={() => actions.move(1)}>
              {t('row.down')}
            </Menu.Item>
          </>
        )}
        <Menu.Item leftSection={<IconCopy size={16} />} onClick={actions.duplicate}>
          {t('row.duplicate')}
        </Menu.Item>
        <Menu.Item leftSection={<IconSwitchHorizontal size={16} />} onClick={() => edit((tree) => tree && negate(tree, path))}>
          {t('row.negate')}
        </Menu.Item>
        <Menu.Item leftSection={<IconFolder size={16} />} onClick={() => edit((tree) => tree && wrap(tree, path))}>
          {t('row.wrap')}
        </Menu.Item>
        {group && !alone && groupOf(of).mode !== 'none' && (
          <Menu.Item leftSection={<IconFolderOpen size={16} />} onClick={() => edit((tree) => tree && unwrap(tree, path))}>
            {t('row.unwrap')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={actions.remove}>
          {t('row.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Keys({ children }: { children: string }) {
  return (
    <kbd className="quiet" style={{ fontFamily: 'inherit', fontSize: 12 }}>
      {children}
    </kbd>
  )
}
