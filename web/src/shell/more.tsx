import { Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface Paged {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** The way to the next page of a list, where there is one. */
export function More({ of }: { of: Paged }) {
  const { t } = useTranslation('shell')
  if (!of.hasNextPage) return null
  return (
    <Group justify="center">
      <Button variant="default" loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
        {t('more')}
      </Button>
    </Group>
  )
}
