import { useFormat } from '../locale/format'

/** Returns what writes how large something is: "1.2 MB". */
export function useSize(): (bytes: number) => string {
  const format = useFormat()
  return (bytes) => {
    if (bytes < 1000) return `${format.count(bytes)} B`
    if (bytes < 1_000_000) return `${format.number(bytes / 1000, 0)} KB`
    if (bytes < 1_000_000_000) return `${format.number(bytes / 1_000_000, 1)} MB`
    return `${format.number(bytes / 1_000_000_000, 2)} GB`
  }
}
