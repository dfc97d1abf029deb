import { useTranslation } from 'react-i18next'

/** Returns what names a field in words: "order_id" is an order's number, "traits.size" is the shop's own "size". */
export function useFieldName(): (field: string) => string {
  const { t } = useTranslation('import')
  return (field) => {
    const [, own] = /^(?:traits|properties)\.(.*)$/.exec(field) ?? []
    return own === undefined ? t(`field.${field}`, { defaultValue: field }) : t('own_field', { name: own })
  }
}
