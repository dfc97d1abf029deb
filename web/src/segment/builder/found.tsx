import { Button, Text } from '@mantine/core'
import { IconAlertCircle, IconAlertTriangle } from '@tabler/icons-react'

import classes from './builder.module.css'
import { useBuilder, useFindings, type Placed } from './context'
import { useTexts, type Texts } from './texts'
import { get, set, type Node, type Path } from '../tree'

/** What the check found in a row: errors, and warnings, with what to do about them. */
export function Found({ row }: { row: Path }) {
  const t = useTexts()
  const { edit } = useBuilder()
  const found = useFindings(row)
  if (found.length === 0) return null
  return (
    <ul className={classes.found}>
      {found.map((f, i) => (
        <li key={i} data-warning={f.warning || undefined}>
          {f.warning ? <IconAlertTriangle size={15} aria-hidden /> : <IconAlertCircle size={15} aria-hidden />}
          <span>
            <Text size="sm" component="span">
              <span className="hidden-visually">{t(f.warning ? 'found.warning' : 'found.error')}: </span>
              {inWords(t, f)}
            </Text>
            {f.finding.code === 'leaves_out' && (
              <Button size="compact-xs" variant="default" ml="xs" onClick={() => edit((tree) => tree && keepMissing(tree, f.path))}>
                {t('found.keep')}
              </Button>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** As the server says it, but for what speaks of the text, which is not seen here. */
function inWords(t: Texts, { finding }: Placed): string {
  return finding.code === 'leaves_out' ? t('found.left_out') : finding.message
}

/** The tree with "is not" made into "not: is", which keeps those who have no value. */
export function keepMissing(tree: Node, path: Path): Node {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const n = get(tree, at) as Partial<Node> | undefined
    if (n?.kind === 'compare' && n.op === '!=') return set(tree, at, { kind: 'not', x: { ...n, op: '=' } })
    if (n?.kind === 'not_in') return set(tree, at, { kind: 'not', x: { ...n, kind: 'in' } })
    if (at === '') return tree
  }
}
