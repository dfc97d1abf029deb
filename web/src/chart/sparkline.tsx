/** A small line without axes: how something went. The figures stand beside it. */
export function Sparkline({ values, width = 96, height = 24 }: { values: number[]; width?: number; height?: number }) {
  if (values.length < 2) return <svg width={width} height={height} aria-hidden />
  const least = Math.min(...values)
  const span = Math.max(...values) - least || 1
  const points = values.map((v, i) => {
    const x = 1 + (i / (values.length - 1)) * (width - 2)
    const y = height - 2 - ((v - least) / span) * (height - 4)
    return `${x.toFixed(1)},${y.toFixed(1)}`
  })
  return (
    <svg width={width} height={height} aria-hidden focusable="false">
      <polyline points={points.join(' ')} fill="none" stroke="var(--mantine-primary-color-filled)" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  )
}
