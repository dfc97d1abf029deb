import { Code, Table, Text, UnstyledButton } from '@mantine/core'

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
