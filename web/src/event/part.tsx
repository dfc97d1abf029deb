import { Code, Group, Stack, Table, Text, UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { Copy } from '../shell/copy'

/** What is wrong with an event, and where. */
export function Why({ column, reason }: { column: string | undefined; reason: string | undefined }) {
  if (reason === undefined) return null
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {column !== undefined && column !== 'row' && <Code>{column}</Code>} {reason}
    </Text>
  )
}

/** What is known of an event, a line each; what is not known is left out. */
export function Facts({ of }: { of: [name: string, value: string | undefined][] }) {
  return (
    <Table withRowBorders={false} verticalSpacing={2}>
      <Table.Tbody>
        {of
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th className="quiet" fw={400} w={140}>
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  )
}

/** An event as it came, to read. */
export function Body({ text, cut = false }: { text: string | undefined; cut?: boolean }) {
  const { t } = useTranslation('event')
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text fw={550}>{t('body')}</Text>
        {text !== undefined && <Copy value={text} />}
      </Group>
      {text === undefined ? (
        <Text className="quiet">{t('no_body')}</Text>
      ) : (
        <Code block className="code" tabIndex={0} aria-label={t('body')}>
          {text}
        </Code>
      )}
      {cut && (
        <Text size="sm" className="quiet">
          {t('cut')}
        </Text>
      )}
    </Stack>
  )
}

/** What opens a row from the keyboard, and for readers: the row itself is for the mouse. */
export function Opener({ name, label, open }: { name: string; label: string; open: () => void }) {
  return (
    <UnstyledButton
      className="cut"
      fw={550}
      fz="sm"
      maw="100%"
      title={name}
      aria-label={label}
      onClick={(click) => {
        click.stopPropagation()
        open()
      }}
    >
      {name}
    </UnstyledButton>
  )
}
