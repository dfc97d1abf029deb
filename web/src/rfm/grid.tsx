import { Tooltip, UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { newSegment } from '../segment/segments'
import classes from './grid.module.css'

type Cell = Schemas['RfmCellRow']

const scores = [1, 2, 3, 4, 5]

/** The 5×5 grid. Each cell opens as a segment. */
export function Grid({ rfm }: { rfm: { cells: Cell[] } }) {
  const { t } = useTranslation('rfm')
  const cells = new Map(rfm.cells.map((c) => [`${c.r} ${c.fm}`, c]))
  const most = Math.max(1, ...rfm.cells.map((c) => c.customers))
  return (
    <div role="table" aria-label={t('grid')} className={classes.grid}>
      {[...scores].reverse().map((r) => (
        <div role="row" key={r} className={classes.row}>
          <div role="rowheader" className={classes.head}>
            R{r}
          </div>
          {scores.map((fm) => (
            <CellOf key={fm} r={r} fm={fm} cell={cells.get(`${r} ${fm}`)} most={most} />
          ))}
        </div>
      ))}
      <div role="row" className={classes.row}>
        <div role="columnheader" aria-label={t('recency')} />
        {scores.map((fm) => (
          <div role="columnheader" key={fm} className={classes.head}>
            FM{fm}
          </div>
        ))}
      </div>
    </div>
  )
}

function CellOf({ r, fm, cell, most }: { r: number; fm: number; cell: Cell | undefined; most: number }) {
  const { t } = useTranslation('rfm')
  const format = useFormat()
  const customers = cell?.customers ?? 0
  if (cell === undefined || customers === 0) {
    return (
      <div role="cell" className={classes.cell}>
        0
      </div>
    )
  }
  return (
    <div role="cell" className={classes.cell}>
      <Tooltip label={t('cell', { group: t(`name.${cell.group}`), r, fm, customers: format.count(customers), revenue: format.money(cell.revenue) })}>
        <UnstyledButton component={Link} to={newSegment(cell.text, `${t(`name.${cell.group}`)} · R${r} FM${fm}`)} className={classes.full} style={{ '--heat': Math.sqrt(customers / most) }}>
          {format.short(customers)}
          <span className={classes.group}>{t(`name.${cell.group}`)}</span>
        </UnstyledButton>
      </Tooltip>
    </div>
  )
}
