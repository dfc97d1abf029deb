import { NativeSelect, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useFieldName } from './fieldname'
import classes from './import.module.css'
import type { Preview } from './imports'
import { assign, nameOf, type Mapping, type SourceColumn } from './mapping'

interface Props {
  preview: Preview
  mapping: Mapping
  setMapping: (mapping: Mapping) => void
}

/** The columns of a file: what each is taken as, and what stands in it. */
export function ColumnTable({ preview: p, mapping, setMapping }: Props) {
  const { t } = useTranslation('import')
  const [file, setFile] = useState(0)
  const source = p.sources[file] ?? p.sources[0]
  if (source === undefined) return null
  return (
    <Stack gap="sm">
      {p.sources.length > 1 && (
        <NativeSelect
          label={t('columns.file')}
          value={String(file)}
          onChange={(e) => setFile(Number(e.currentTarget.value))}
          data={p.sources.map((s, i) => ({ value: String(i), label: s.file }))}
          maw={420}
        />
      )}
      <Table.ScrollContainer minWidth={source.columns.length * 184}>
        <Table className={classes.columns} withColumnBorders verticalSpacing={6} fz="sm">
          <Table.Thead>
            <Table.Tr>
              {source.columns.map((column) => (
                <Table.Th key={column.number} scope="col" className={column.fields.length === 0 ? classes.unused : undefined}>
                  <Text size="sm" fw={600} className="cut" mb={6} title={column.column}>
                    {source.form.header && column.column !== '' ? column.column : t('columns.number', { number: column.number })}
                  </Text>
                  <FieldSelect preview={p} column={column} choose={(field) => setMapping(assign(mapping, source.columns, column, field))} label={nameOf(source.columns, column)} />
                  <FoundBy preview={p} file={source.file} column={column} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {/* Different values of a column: what stands side by side is not of one row. */}
            <Table.Tr>
              {source.columns.map((column) => (
                <Table.Td key={column.number} className={column.fields.length === 0 ? classes.unused : undefined}>
                  {column.samples.map((sample) => (
                    <div key={sample} className="cut" title={sample}>
                      {sample}
                    </div>
                  ))}
                </Table.Td>
              ))}
            </Table.Tr>
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="sm" className="quiet">
        {t('columns.required')}
      </Text>
    </Stack>
  )
}

function FieldSelect({ preview: p, column, choose, label }: { preview: Preview; column: SourceColumn; choose: (field: string) => void; label: string }) {
  const { t } = useTranslation('import')
  const fieldName = useFieldName()
  const [field = ''] = column.fields
  const needed = new Set(p.needs.flatMap((group) => group ?? []))
  const known = p.fields.some((f) => f.name === field)
  const options = (required: boolean) =>
    p.fields.filter((f) => (f.required || needed.has(f.name)) === required).map((f) => (
      <option key={f.name} value={f.name}>
        {fieldName(f.name)}
        {f.required ? ' *' : ''}
      </option>
    ))
  // Where a kind keeps what it does not know, a column is never lost.
  const none = p.others === undefined ? t('columns.unused') : column.column === '' ? t('columns.unused') : t('own_field', { name: column.column })
  return (
    <NativeSelect size="xs" aria-label={t('columns.taken_as', { name: label })} value={known ? field : ''} onChange={(e) => choose(e.currentTarget.value)}>
      <option value="">{none}</option>
      <optgroup label={t('columns.needed')}>{options(true)}</optgroup>
      <optgroup label={t('columns.others')}>{options(false)}</optgroup>
    </NativeSelect>
  )
}

function FoundBy({ preview: p, file, column }: { preview: Preview; file: string; column: SourceColumn }) {
  const { t } = useTranslation('import')
  const fieldName = useFieldName()
  const report = p.files.find((f) => f.file === file)
  const mapped = report?.columns.find((m) => column.fields.includes(m.field))
  const [, ...more] = column.fields
  return (
    <Text size="xs" className="quiet" mt={4} style={{ overflowWrap: 'anywhere' }}>
      {column.fields.length === 0 ? t('columns.ignored') : t(`found.${mapped?.found ?? 'rest'}`)}
      {mapped?.form !== undefined && ` · ${mapped.form}`}
      {more.length > 0 && ` · ${t('columns.also', { names: more.map(fieldName).join(', ') })}`}
    </Text>
  )
}
