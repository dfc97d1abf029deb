import { Accordion, Badge, Group, Stack, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useFormat } from '../locale/format'
import { Panel } from '../shell/panel'
import { useFieldName } from './fieldname'
import classes from './import.module.css'
import type { Preview, RejectedRow } from './imports'

/** How the files are written, and what a person may want to check. */
export function Forms({ preview: p }: { preview: Preview }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const fieldName = useFieldName()
  const { sources } = p
  return (
    <Panel title={t('form.title')} about={t('form.zone', { timezone: p.timezone, currency: p.currency })}>
      <Stack gap="md">
        {sources.map((source, i) => {
          const report = p.files[i]
          const { form } = source
          const said = [
            t(`form.type.${form.type}`),
            form.delimiter === undefined ? undefined : t('form.delimiter', { delimiter: form.delimiter }),
            form.encoding === undefined ? undefined : t('form.encoding', { encoding: form.encoding }),
            form.gzip ? t('form.gzip') : undefined,
            t(form.header ? 'form.header' : 'form.no_header'),
          ].filter((x) => x !== undefined)
          return (
            <Stack gap={6} key={i}>
              <Group gap={6}>
                <Text fw={600} size="sm" className="cut" title={source.file}>
                  {source.file}
                </Text>
                {said.map((text) => (
                  <Badge key={text} variant="default" tt="none">
                    {text}
                  </Badge>
                ))}
              </Group>
              {report?.notes?.map((note) => (
                <Text key={note} size="sm">
                  {note}
                </Text>
              ))}
              {report?.warnings?.map((w) => (
                <Text key={`${w.field} ${w.reason}`} size="sm">
                  {t('form.warning', { field: fieldName(w.field), shown: format.count(w.rows), count: w.rows, reason: w.reason, line: format.count(w.line), value: w.value })}
                </Text>
              ))}
            </Stack>
          )
        })}
      </Stack>
    </Panel>
  )
}

/** Rows that are refused, with the reason for each. */
export function Refused({ refused, rows }: { refused: number; rows: RejectedRow[] }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  if (rows.length === 0) return null
  return (
    <Panel title={t('refused.title')} about={t('refused.about', { shown: format.count(rows.length), all: format.count(refused) })}>
      <RefusedTable rows={rows} />
    </Panel>
  )
}

/** The table of refused rows. */
export function RefusedTable({ rows }: { rows: RejectedRow[] }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const files = new Set(rows.map((r) => r.file)).size
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing={6} fz="sm">
        <Table.Thead>
          <Table.Tr>
            {files > 1 && <Table.Th>{t('columns.file')}</Table.Th>}
            <Table.Th className="number">{t('refused.line')}</Table.Th>
            <Table.Th>{t('refused.column')}</Table.Th>
            <Table.Th>{t('refused.reason')}</Table.Th>
            <Table.Th>{t('refused.row')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={`${row.file} ${row.line} ${row.column}`}>
              {files > 1 && <Table.Td>{row.file}</Table.Td>}
              <Table.Td className="number">{format.count(row.line)}</Table.Td>
              <Table.Td>{row.column === 'row' ? '' : row.column}</Table.Td>
              <Table.Td miw={200} style={{ overflowWrap: 'anywhere' }}>
                {row.reason}
              </Table.Td>
              <Table.Td maw={360} className="quiet">
                <Text size="xs" className="code" lineClamp={2} title={row.row}>
                  {row.row}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** The first rows as Kith reads them. */
export function Records({ preview: p }: { preview: Preview }) {
  const { t } = useTranslation('import')
  const fieldName = useFieldName()
  // Columns of which no row says anything take room alone.
  const said = p.columns.map((_, i) => p.records.some((row) => row?.[i] != null))
  if (p.records.length === 0) return null
  return (
    <Accordion variant="contained">
      <Accordion.Item value="records">
        <Accordion.Control>{t('records')}</Accordion.Control>
        <Accordion.Panel>
          <Table.ScrollContainer minWidth={480}>
            <Table className={classes.records} fz="sm" verticalSpacing={4}>
              <Table.Thead>
                <Table.Tr>
                  {p.columns.map((column, i) => said[i] && <Table.Th key={column}>{column === 'line' ? t('refused.line') : fieldName(column)}</Table.Th>)}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {p.records.map((row, i) => (
                  <Table.Tr key={i}>
                    {row?.map(
                      (value, j) =>
                        said[j] && (
                          <Table.Td key={j} title={value ?? ''}>
                            {value ?? '–'}
                          </Table.Td>
                        ),
                    )}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}
