import { Alert, Badge, createTheme, type MantineColorsTuple } from '@mantine/core'

const petrol: MantineColorsTuple = [
  '#ecf8f7', '#d6eeec', '#aadcd8', '#7bc9c3', '#54b8b1', '#3cada5', '#2aa198', '#157a73', '#0f655f', '#08504b',
]

/** What every page looks like. White on shade 7 has a contrast of at least 4.5, in both colour schemes. */
export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: 7,
  colors: { petrol },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans KR", "Noto Sans TC", "Noto Sans CJK KR", "Noto Sans CJK TC", "Apple SD Gothic Neo", "Malgun Gothic", "PingFang TC", "Microsoft JhengHei", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "Noto Sans Mono CJK KR", monospace',
  headings: { fontWeight: '650' },
  components: {
    // On its own colour an orange title is too pale to be read by all.
    Alert: Alert.extend({ styles: { title: { color: 'var(--mantine-color-text)' } } }),
    // A badge is a word: a table makes room for it.
    Badge: Badge.extend({ styles: { root: { flexShrink: 0, overflow: 'visible' }, label: { overflow: 'visible' } } }),
  },
})
