import { useTranslation } from 'react-i18next'

/** Returns what says in words which facts a preset waits for: one of them would do. */
export function useMissing(): (names: readonly string[]) => string {
  const { t } = useTranslation('segment')
  return (names) =>
    names
      .map((name) => {
        const [kind = '', rest = ''] = name.split(/:(.*)/)
        if (kind === 'event') return t('missing.event', { name: rest })
        if (kind === 'field') return t('missing.field', { name: rest })
        if (name.startsWith('shop.')) return t('missing.setting', { name: name.slice('shop.'.length) })
        return t(`missing.${name}`, { defaultValue: name })
      })
      .join(` ${t('missing.or')} `)
}
