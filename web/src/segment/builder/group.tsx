import { Button, Group } from '@mantine/core'
import { IconFolderPlus, IconPlus } from '@tabler/icons-react'
import { memo } from 'react'

import { AddMenu } from './add'
import classes from './builder.module.css'
import { Choice } from './choice'
import { useBuilder, useReading, useSet } from './context'
import { gapAt, Grip } from './drag'
import { Found } from './found'
import { NumberField } from './number'
import { Row } from './row'
import { focusAdded, RowMenu, useRowActions } from './rowmenu'
import { inline } from './sentence'
import { useTexts } from './texts'
import { append, groupOf, isGroup, keyOf, makeGroup, modes, withMode, type Facts, type Node, type Path } from '../tree'

interface Props {
  of: Node
  path: Path
  /** The facts whose filter it is. */
  within?: Facts
  level: number
  /** How many parts are around it, if it is a part itself. */
  siblings?: number
}

/** Questions of which all, any, or so many must hold. A single question is a group of itself. */
export const GroupView = memo(function GroupView({ of, path, within, level, siblings }: Props) {
  const { edit } = useBuilder()
  const t = useTexts()
  const set = useSet()
  const actions = useRowActions(of, path, siblings ?? 0)
  const reading = useReading()
  const group = groupOf(of)
  const counted = group.mode === 'at_least' || group.mode === 'fewer'
  const many = group.parts.length > 1 || !group.single
  const nPath = `${path}${of.kind === 'not' ? '/x' : ''}/n`
  const between = group.mode === 'all' || group.mode === 'not_all' ? t('group.and') : group.mode === 'any' || group.mode === 'none' ? t('group.or') : ''
  return (
    <div className={classes.group} data-mode={group.mode} data-single={(!many && (reading || level > 0)) || undefined} data-level={level % 2} role="group" aria-label={t(`group.label.${group.mode}`, { n: group.n ?? 0 })} data-path={path}>
      {many && (
        <div className={classes.head} data-key={keyOf(of)} onKeyDown={actions.onKeyDown}>
          {!reading && <Grip path={path} />}
          <span className={classes.sentence}>
            {inline(t('group.form'), {
              mode: (
                <Choice
                  label={t('group.mode')}
                  value={group.mode}
                  options={modes.map((m) => ({ value: m, label: t(`group.label.${m}`, { n: group.n ?? 2 }), short: t(`group.short.${m}`), about: t(`group.about.${m}`) }))}
                  onChange={(m) => set(path, withMode(of, m))}
                />
              ),
              n: counted ? <NumberField label={t('group.n')} whole value={group.n} onChange={(n) => set(nPath, n, nPath)} /> : null,
              of: t(`group.of.${group.mode}`, { count: group.parts.length }),
            })}
          </span>
          {!reading && siblings !== undefined && <RowMenu of={of} path={path} siblings={siblings} within={within} />}
        </div>
      )}
      {isGroup(of) && <Found row={path} />}
      <ul className={classes.parts}>
        {group.parts.map((part, i) => {
          const at = path + group.at(i)
          return (
            <li key={keyOf(part)} {...(group.single ? {} : gapAt(path, i))}>
              {i > 0 && between !== '' && <span className={classes.between}>{between}</span>}
              {!group.single && isGroup(part) ? (
                <GroupView of={part} path={at} within={within} level={level + 1} siblings={group.parts.length} />
              ) : (
                <Row of={part} path={at} within={within} siblings={group.parts.length} />
              )}
            </li>
          )
        })}
      </ul>
      {!reading && (
        <Group gap={4}>
          <AddMenu within={within} label={t('add.condition')} onPick={(part) => {
              edit((tree) => append(tree, path, part))
              focusAdded(path)
            }}>
            {(open) => (
              <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={open} data-add={path}>
                {t('add.condition')}
              </Button>
            )}
          </AddMenu>
          <AddMenu within={within} label={t('add.group')} onPick={(part) => {
              edit((tree) => append(tree, path, makeGroup(group.mode === 'any' ? 'all' : 'any', [part])))
              focusAdded(path)
            }}>
            {(open) => (
              <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconFolderPlus size={14} />} onClick={open}>
                {t('add.group')}
              </Button>
            )}
          </AddMenu>
        </Group>
      )}
    </div>
  )
})
