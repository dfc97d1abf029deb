import { Box, useComputedColorScheme, useMantineTheme } from '@mantine/core'
import { lazy, Suspense } from 'react'

import { Loading } from '../shell/state'
import type { ChartProps } from './echart'

// Charts are large, and no page needs one to be read.
const EChart = lazy(() => import('./echart'))

/** A chart, with the same figures as a table for whoever cannot see it. */
export function Chart(props: Omit<ChartProps, 'colors' | 'dark'>) {
  const theme = useMantineTheme()
  const dark = useComputedColorScheme('light') === 'dark'
  const shade = dark ? 4 : 7
  const colors = ['petrol', 'orange', 'indigo', 'grape', 'lime'].map((c) => theme.colors[c]?.[shade] ?? '')
  return (
    <Box pos="relative">
      <Suspense fallback={<Loading height={props.height} />}>
        <EChart {...props} colors={colors} dark={dark} />
      </Suspense>
      <VisuallyHiddenTable {...props} />
    </Box>
  )
}

function VisuallyHiddenTable({ label, categories, series, format }: Omit<ChartProps, 'colors' | 'dark'>) {
  return (
    <table className="hidden-visually">
      <caption>{label}</caption>
      <thead>
        <tr>
          <td />
          {series.map((s) => (
            <th key={s.name} scope="col">
              {s.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {categories.map((c, i) => (
          <tr key={c}>
            <th scope="row">{c}</th>
            {series.map((s) => (
              <td key={s.name}>{s.values[i] === undefined ? '' : format(s.values[i])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
