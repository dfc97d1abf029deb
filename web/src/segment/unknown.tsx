import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Problem } from '../api/client'
import { Page } from '../shell/page'
import { Empty } from '../shell/state'

/** Whether there is no such segment. */
export const isUnknown = (error: unknown) => error instanceof Problem && error.status === 404

/** The page of a segment that is not there, or not any more. */
export function UnknownSegment({ id }: { id: string }) {
  const { t } = useTranslation('segment')
  return (
    <Page title={t('title')}>
      <Empty title={t('unknown')} action={<Button component={Link} to="/segments">{t('to_list')}</Button>}>
        {t('unknown_about', { id })}
      </Empty>
    </Page>
  )
}
