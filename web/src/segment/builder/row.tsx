import { ActionIcon, Tooltip } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconX } from '@tabler/icons-react'
import { memo, useState } from 'react'

import classes from './builder.module.css'
import { ComparisonView } from './comparison'
import { PreciseContext, useFindings, useReading } from './context'
import { Grip } from './drag'
import { Filters } from './filter'
import { Found } from './found'
import { HasView } from './has'
import { MembershipView } from './membership'
import { PercentView } from './percent'
import { RowMenu, useRowActions } from './rowmenu'
import { SequenceView } from './sequence'
import { useTexts } from './texts'
import { isComparison, isGroup, keyOf, type Facts, type Node, type Path } from '../tree'
import { GroupView } from './group'

interface Props {
  of: Node
  path: Path
  within?: Facts
  siblings: number
}

/** One question: its sentence, what more is asked of its facts, and what was found wrong with it. */
export const Row = memo(function Row({ of, path, within, siblings }: Props) {
  const t = useTexts()
  const [precise, setPrecise] = useState(false)
  const actions = useRowActions(of, path, siblings)
  const found = useFindings(path)
  const wrong = found.some((f) => !f.warning)
  const asked = stripped(of)
  const reading = useReading()
  return (
    <PreciseContext value={precise}>
      <div className={classes.row} data-wrong={wrong || undefined} data-path={path} data-key={keyOf(of)} onKeyDown={actions.onKeyDown}>
        <div className={classes.line}>
          {!reading && <Grip path={path} />}
          <div className={classes.content}>
            <Content of={of} path={path} within={within} />
          </div>
          {!reading && (
            <div className={classes.tools}>
              {isComparison(asked) && (
                <Tooltip label={t(precise ? 'row.less' : 'row.more')}>
                  <ActionIcon variant={precise ? 'light' : 'subtle'} color="gray" aria-label={t('row.more')} aria-pressed={precise} onClick={() => setPrecise(!precise)}>
                    <IconAdjustmentsHorizontal size={16} />
                  </ActionIcon>
                </Tooltip>
              )}
              <RowMenu of={of} path={path} siblings={siblings} within={within} />
              <Tooltip label={t('row.remove')}>
                <ActionIcon variant="subtle" color="gray" aria-label={t('row.remove')} onClick={actions.remove}>
                  <IconX size={16} />
                </ActionIcon>
              </Tooltip>
            </div>
          )}
        </div>
        {asked.kind !== 'sequence' && <Filters of={of} path={path} />}
        <Found row={path} />
      </div>
    </PreciseContext>
  )
})

function stripped(n: Node): Node {
  return n.kind === 'not' ? stripped(n.x) : n
}

function Content({ of, path, within }: { of: Node; path: Path; within?: Facts }) {
  const t = useTexts()
  if (isComparison(of)) return <ComparisonView of={of} path={path} within={within} />
  switch (of.kind) {
    case 'has':
    case 'no':
      return <HasView of={of} path={path} />
    case 'sequence':
      return <SequenceView of={of} path={path} />
    case 'in_segment':
    case 'entered':
    case 'left':
      return <MembershipView of={of} path={path} />
    case 'percent':
      return <PercentView of={of} path={path} />
    case 'everyone':
      return <span className={classes.word}>{t('everyone')}</span>
    case 'not':
      return (
        <div className={classes.not}>
          <span className={classes.badge}>{t('group.not')}</span>
          {isGroup(of.x) ? <GroupView of={of.x} path={`${path}/x`} within={within} level={1} /> : <Content of={of.x} path={`${path}/x`} within={within} />}
        </div>
      )
    default:
      // A group where a single question is meant: only within "not".
      return <GroupView of={of} path={path} within={within} level={1} />
  }
}
