import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { Panel } from '../shell/panel'

/** What a customer has in the cart and in the favourites now. */
export function Carts({ customer: c }: { customer: Schemas['Customer'] }) {
  const { t } = useTranslation('customer')
  const format = useFormat()
  return (
    <>
      {c.cart.length > 0 && (
        <Panel title={t('cart_now')}>
          <Stack gap={2}>
            {c.cart.map((x, i) => (
              <Text key={i} size="sm">
                {format.number(Number(x.quantity))} × {x.name ?? x.product}
                {x.price !== undefined && ` · ${format.money(x.price)}`}
              </Text>
            ))}
          </Stack>
        </Panel>
      )}
      {c.favourites.length > 0 && (
        <Panel title={t('favourites_now')}>
          <Stack gap={2}>
            {c.favourites.map((x, i) => (
              <Text key={i} size="sm">
                {[
                  x.name ?? x.product,
                  x.price === undefined ? '' : format.money(x.price),
                  x.stock === undefined ? '' : t('stock', { shown: format.number(Number(x.stock)) }),
                  x.price_drop === undefined ? '' : t('price_drop', { shown: format.share(Number(x.price_drop)) }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            ))}
          </Stack>
        </Panel>
      )}
    </>
  )
}
