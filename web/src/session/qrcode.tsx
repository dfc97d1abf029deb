import { useMemo } from 'react'

import { qr } from './qr'

/** A text as a QR code; nothing if it is too long for one. */
export function QRCode({ text, label }: { text: string; label: string }) {
  const code = useMemo(() => qr(text), [text])
  if (code === undefined) return null
  const quiet = 4
  const size = code.length + 2 * quiet
  const path = code.map((row, y) => row.map((dark, x) => (dark ? `M${x + quiet} ${y + quiet}h1v1h-1z` : '')).join('')).join('')
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} width={208} height={208} shapeRendering="crispEdges" style={{ borderRadius: 8, maxWidth: '100%' }}>
      {/* Dark on light in both colour schemes: not all apps read it the other way. */}
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
