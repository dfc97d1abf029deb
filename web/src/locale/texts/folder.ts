/** Names what is in "../../segment/locale/en.json" after its folder. */
export function byFolder(files: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path.split('/').at(-3) ?? '', content]))
}
