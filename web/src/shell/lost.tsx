import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Empty } from './state'

/** An address that shows nothing. */
export function Lost() {
  const { t } = useTranslation('shell')
  return <Empty title={t('lost')} action={<Button component={Link} to="/">{t('place.overview')}</Button>}>{t('lost_about')}</Empty>
}
