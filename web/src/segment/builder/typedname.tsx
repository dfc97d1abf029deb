import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'

import { useTexts } from './texts'

interface Props {
  label: string
  placeholder?: string
  /** What it begins with, until something is typed: what was searched for. */
  search: string
  /** What is picked of a name; undefined where it is none. */
  meant: (name: string) => string | undefined
  onPick: (picked: string) => void
}

/** A way to name, below a list, what is not in the list. */
export function TypedName({ label, placeholder, search, meant, onPick }: Props) {
  const t = useTexts()
  const [typed, setTyped] = useState<string | undefined>()
  const name = typed ?? search
  const picked = meant(name)
  const pick = () => {
    if (picked !== undefined) onPick(picked)
  }
  return (
    <Group gap="xs" wrap="nowrap" align="flex-end">
      <TextInput
        size="xs"
        label={label}
        placeholder={placeholder}
        value={name}
        onChange={(e) => setTyped(e.currentTarget.value)}
        onKeyDown={(e) => {
          e.stopPropagation() // the list around it would take the keys
          if (e.key === 'Enter') {
            e.preventDefault()
            pick()
          }
        }}
        flex={1}
      />
      <Button size="xs" variant="default" onClick={pick} disabled={picked === undefined}>
        {t('facts.use')}
      </Button>
    </Group>
  )
}
