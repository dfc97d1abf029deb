import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer])

export interface ChartProps {
  /** What the chart shows, for screen readers. */
  label: string
  kind: 'line' | 'bar'
  categories: string[]
  series: { name: string; values: number[] }[]
  stacked?: boolean
  /** Writes a value where there is room. */
  format: (value: number) => string
  /** Writes a value on the axis. */
  short?: (value: number) => string
  height?: number
  colors: string[]
  dark: boolean
}

export default function EChart({ label, kind, categories, series, stacked, format, short, height = 260, colors, dark }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<echarts.ECharts>(null)
  useEffect(() => {
    if (box.current === null) return
    const c = echarts.init(box.current, null, { renderer: 'svg' })
    chart.current = c
    const watch = new ResizeObserver(() => c.resize())
    watch.observe(box.current)
    return () => {
      watch.disconnect()
      c.dispose()
    }
  }, [])
  useEffect(() => {
    // An inherited font cannot be measured, and texts would overlap.
    const font = getComputedStyle(document.body).fontFamily
    const ink = dark ? '#c9c9c9' : '#495057'
    const line = dark ? '#424242' : '#dee2e6'
    chart.current?.setOption(
      {
        color: colors,
        textStyle: { fontFamily: font },
        animation: false,
        grid: { left: 8, right: 12, top: series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
        legend: series.length > 1 ? { top: 0, left: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 8, textStyle: { color: ink } } : undefined,
        // Markup made of texts is against the page's security policy.
        tooltip: {
          trigger: 'axis',
          renderMode: 'richText',
          valueFormatter: (v: unknown) => format(Number(v)),
          backgroundColor: dark ? '#2e2e2e' : '#fff',
          borderColor: line,
          textStyle: { color: dark ? '#fff' : '#212529', fontSize: 12 },
        },
        xAxis: {
          type: 'category',
          data: categories,
          boundaryGap: kind === 'bar',
          axisLabel: { color: ink, hideOverlap: true, ...(kind === 'line' && spread(categories.length)) },
          axisLine: { lineStyle: { color: line } },
          axisTick: { show: false },
        },
        yAxis: {
          type: 'value',
          axisLabel: { color: ink, formatter: (v: number) => (short ?? format)(v) },
          splitLine: { lineStyle: { color: line } },
          minInterval: 1,
        },
        series: series.map((s) => ({
          name: s.name,
          type: kind,
          data: s.values,
          stack: stacked ? 'all' : undefined,
          showSymbol: false,
          lineStyle: { width: 2 },
          areaStyle: kind === 'line' && series.length === 1 ? { opacity: 0.08 } : undefined,
          barMaxWidth: 32,
        })),
      },
      { notMerge: true },
    )
  }, [kind, categories, series, stacked, format, short, colors, dark])
  return <div ref={box} role="img" aria-label={label} style={{ height }} />
}

// Labels of so many points, at most five and the last one among them, which
// ends where the chart does.
function spread(points: number) {
  const step = Math.max(1, Math.ceil((points - 1) / 4))
  return { interval: (i: number) => (points - 1 - i) % step === 0, alignMinLabel: 'left', alignMaxLabel: 'right' } as const
}
