import { ActionIcon, Menu } from '@mantine/core'
import { IconDotsVertical } from '@tabler/icons-react'

import classes from './builder.module.css'
import { useSubject } from './subject'
import type { Meant } from './term'
import { useTexts } from './texts'
import type { ArithmeticOp, Facts, Path, Term } from '../tree'

interface Props {
  of: Term
  path: Path
  within?: Facts
  meant?: Meant
  label: string
}

const operations: [ArithmeticOp, string][] = [
  ['+', 'plus'],
  ['-', 'minus'],
  ['*', 'times'],
  ['/', 'by'],
]

/** Makes something else of a value: another kind, or a part of a calculation. */
export function TermMenu({ of, path, within, meant, label }: Props) {
  const t = useTexts()
  const change = useSubject(path, within)
  const kinds: [string, Term][] = [
    ['number', { kind: 'number', value: null }],
    ['text', { kind: 'text', value: '' }],
    ['bool', { kind: 'bool', value: true }],
    ['ago', { kind: 'ago', duration: { n: 30, unit: 'days' } }],
    ['field', { kind: 'field', name: within === undefined ? 'spend.net' : 'at' }],
  ]
  if (within === undefined) {
    kinds.push(['aggregate', { kind: 'count', facts: { fact: 'order' } }], ['percentile', { kind: 'percentile', x: of.kind === 'percentile' || literal(of) ? { kind: 'field', name: 'spend.net' } : of }])
  }
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" className={classes.small} aria-label={t('term.change', { what: label })}>
          <IconDotsVertical size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('term.instead')}</Menu.Label>
        {kinds
          .filter(([kind]) => kind !== of.kind)
          .map(([kind, term]) => (
            <Menu.Item key={kind} onClick={() => change(term)}>
              {t(`term.${kind}`)}
            </Menu.Item>
          ))}
        {(meant === undefined || meant.type === 'number' || meant.type === 'any' || of.kind !== 'text') && (
          <>
            <Menu.Label>{t('term.calculate')}</Menu.Label>
            {operations.map(([op, name]) => (
              <Menu.Item key={op} onClick={() => change({ kind: 'arithmetic', op, left: of, right: { kind: 'number', value: null } })}>
                {t(`arithmetic.${name}_something`)}
              </Menu.Item>
            ))}
          </>
        )}
        {(of.kind === 'arithmetic' || of.kind === 'percentile') && (
          <>
            <Menu.Label>{t('term.take_apart')}</Menu.Label>
            {of.kind === 'arithmetic' ? (
              <>
                <Menu.Item onClick={() => change(of.left)}>{t('term.only_left')}</Menu.Item>
                <Menu.Item onClick={() => change(of.right)}>{t('term.only_right')}</Menu.Item>
              </>
            ) : (
              <Menu.Item onClick={() => change(of.x)}>{t('term.only_x')}</Menu.Item>
            )}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function literal(t: Term): boolean {
  return ['number', 'text', 'bool', 'date', 'ago'].includes(t.kind)
}
