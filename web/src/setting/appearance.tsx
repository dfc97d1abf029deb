import { Radio, SimpleGrid, Stack, useMantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { language, languages, speak } from '../locale/locale'
import { Panel } from '../shell/panel'

/** How the console looks and what it speaks in this browser. */
export function Appearance() {
  const { t } = useTranslation('setting')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Panel title={t('appearance.colours')} about={t('appearance.colours_about')}>
        <Radio.Group aria-label={t('appearance.colours')} value={colorScheme} onChange={(v) => setColorScheme(v)}>
          <Stack gap="xs">
            {(['light', 'dark', 'auto'] as const).map((scheme) => (
              <Radio key={scheme} value={scheme} label={t(`scheme.${scheme}`, { ns: 'session' })} />
            ))}
          </Stack>
        </Radio.Group>
      </Panel>
      <Panel title={t('appearance.language')} about={t('appearance.language_about')}>
        <Radio.Group
          aria-label={t('appearance.language')}
          value={language()}
          onChange={(tag) => {
            const found = languages.find((l) => l.tag === tag)
            if (found) void speak(found.tag)
          }}
        >
          <Stack gap="xs">
            {languages.map(({ tag, name }) => (
              <Radio key={tag} value={tag} label={<span lang={tag}>{name}</span>} />
            ))}
          </Stack>
        </Radio.Group>
      </Panel>
    </SimpleGrid>
  )
}
