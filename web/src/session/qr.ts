// QR codes (ISO/IEC 18004): bytes, error correction level L, versions 1 to 20,
// always with mask 0. That is all that a link of some hundred letters needs.

const checkBytes = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28]
const blockCounts = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8]
const formatBits = 0b111011111000100 // level L, mask 0

/** The modules of a text's QR code, row by row, dark ones true; undefined if the text is too long. */
export function qr(text: string): boolean[][] | undefined {
  const bytes = new TextEncoder().encode(text)
  for (let version = 1; version <= checkBytes.length; version++) {
    const capacity = dataBytes(version)
    if (bytes.length + (version < 10 ? 2 : 3) <= capacity) return drawn(version, interleaved(version, padded(bytes, version, capacity)))
  }
  return undefined
}

function rawBytes(version: number): number {
  const aligned = version === 1 ? 0 : Math.floor(version / 7) + 2
  let bits = (16 * version + 128) * version + 64
  if (version > 1) bits -= (25 * aligned - 10) * aligned - 55
  return Math.floor((version >= 7 ? bits - 36 : bits) / 8)
}

const at = (list: readonly number[] | Uint8Array, i: number) => list[i] ?? 0
const dataBytes = (version: number) => rawBytes(version) - at(checkBytes, version - 1) * at(blockCounts, version - 1)

function padded(bytes: Uint8Array, version: number, capacity: number): number[] {
  const bits: number[] = []
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1)
  }
  put(4, 4) // bytes
  put(bytes.length, version < 10 ? 8 : 16)
  for (const byte of bytes) put(byte, 8)
  put(0, Math.min(4, capacity * 8 - bits.length))
  put(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < capacity * 8; pad ^= 0xec ^ 0x11) put(pad, 8)
  return Array.from({ length: capacity }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((value, bit) => value * 2 + bit, 0))
}

function interleaved(version: number, data: number[]): number[] {
  const count = at(blockCounts, version - 1)
  const check = at(checkBytes, version - 1)
  const short = Math.floor(data.length / count)
  const shorts = count - (data.length % count)
  const generator = generatorOf(check)
  const blocks = Array.from({ length: count }, (_, i) => {
    const start = i * short + Math.max(0, i - shorts)
    return data.slice(start, start + short + (i < shorts ? 0 : 1))
  })
  const checks = blocks.map((block) => remainder(block, generator))
  const out: number[] = []
  for (let i = 0; i <= short; i++) for (const block of blocks) if (i < block.length) out.push(at(block, i))
  for (let i = 0; i < check; i++) for (const block of checks) out.push(at(block, i))
  return out
}

// Multiplies in GF(2⁸) modulo 0x11d.
function times(x: number, y: number): number {
  let z = 0
  for (let i = 7; i >= 0; i--) z = (z << 1) ^ ((z >>> 7) * 0x11d) ^ (((y >>> i) & 1) * x)
  return z
}

function generatorOf(degree: number): number[] {
  const result: number[] = [...new Array<number>(degree - 1).fill(0), 1]
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
    for (let j = 0; j < degree; j++) result[j] = times(at(result, j), root) ^ (j + 1 < degree ? at(result, j + 1) : 0)
  }
  return result
}

function remainder(block: number[], generator: number[]): number[] {
  let result = new Array<number>(generator.length).fill(0)
  for (const byte of block) {
    const factor = byte ^ at(result, 0)
    result = [...result.slice(1), 0].map((value, i) => value ^ times(at(generator, i), factor))
  }
  return result
}

function drawn(version: number, bytes: number[]): boolean[][] {
  const size = version * 4 + 17
  const modules = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  const fixed = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  const set = (x: number, y: number, dark: boolean) => {
    const row = modules[y]
    const marks = fixed[y]
    if (row === undefined || marks === undefined || x < 0 || x >= size) return
    row[x] = dark
    marks[x] = true
  }
  const square = (x: number, y: number, reach: number, light: number) => {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy))
        set(x + dx, y + dy, ring !== light && ring !== 4)
      }
    }
  }
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) square(x, y, 4, 2)
  const places = alignment(version, size)
  const last = places.length - 1
  places.forEach((x, i) => {
    places.forEach((y, j) => {
      if (!((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0))) square(x, y, 2, 1)
    })
  })
  drawFormat(size, set)
  if (version >= 7) drawVersion(version, size, set)
  let bit = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (fixed[y]?.[x] !== false) continue
        const dark = bit < bytes.length * 8 && ((at(bytes, bit >>> 3) >>> (7 - (bit & 7))) & 1) === 1
        set(x, y, dark !== ((x + y) % 2 === 0))
        bit++
      }
    }
  }
  return modules
}

function alignment(version: number, size: number): number[] {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2
  const places = Array.from({ length: count - 1 }, (_, i) => size - 7 - i * step)
  return [6, ...places.reverse()]
}

type SetModule = (x: number, y: number, dark: boolean) => void

function drawFormat(size: number, set: SetModule) {
  const bit = (i: number) => ((formatBits >>> i) & 1) === 1
  for (let i = 0; i < 15; i++) {
    if (i < 8) set(size - 1 - i, 8, bit(i))
    else set(8, size - 15 + i, bit(i))
    if (i < 6) set(8, i, bit(i))
    else if (i < 8) set(8, i + 1, bit(i))
    else if (i === 8) set(7, 8, bit(i))
    else set(14 - i, 8, bit(i))
  }
  set(8, size - 8, true)
}

function drawVersion(version: number, size: number, set: SetModule) {
  let rest = version
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25)
  const bits = (version << 12) | rest
  for (let i = 0; i < 18; i++) {
    const dark = ((bits >>> i) & 1) === 1
    set(size - 11 + (i % 3), Math.floor(i / 3), dark)
    set(Math.floor(i / 3), size - 11 + (i % 3), dark)
  }
}
