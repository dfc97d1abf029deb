import { Anchor, Code, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useContext, type CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'

import classes from './apidoc.module.css'
import type { Schema } from './document'
import { Open, schemaPlace } from './links'
import { linesOf, typeOf, type Line, type Type } from './schema'

/** A schema as an indented tree, one line for each property. */
export function Tree({ schema }: { schema: Schema }) {
  const lines = linesOf(schema)
  if (lines.length === 0) return <TypeName type={typeOf(schema)} />
  return (
    <ul className={classes.tree}>
      {lines.map((line, i) => (
        <Property key={i} line={line} />
      ))}
    </ul>
  )
}

/** One property, or one parameter. */
export function Property({ line }: { line: Line }) {
  const { t } = useTranslation('apidoc')
  return (
    <li className={classes.line} style={{ '--depth': line.depth } as CSSProperties}>
      <Group gap={8}>
        <Text span ff="monospace" fz="sm" fw={600}>
          {line.name}
        </Text>
        <TypeName type={line.type} />
        {line.required && (
          <Text span fz="xs" fw={600}>
            {t('required')}
          </Text>
        )}
        {line.limits.map((limit) => (
          <Text span fz="xs" ff="monospace" className="quiet" key={limit}>
            {limit}
          </Text>
        ))}
      </Group>
      {line.choices.length > 0 && (
        <Group gap={4} my={2}>
          {line.choices.map((choice) => (
            <Code key={choice}>{choice}</Code>
          ))}
        </Group>
      )}
      {line.about !== '' && (
        <div className={classes.about} lang="en">
          {line.about}
        </div>
      )}
    </li>
  )
}

/** A type, with a link to the schema that it names. */
export function TypeName({ type }: { type: Type }) {
  const open = useContext(Open)
  const { ref } = type
  return (
    <Text span ff="monospace" fz="sm" className={ref === undefined ? 'quiet' : undefined}>
      {type.before}
      {ref !== undefined && (
        <Anchor component={Link} to="." hash={schemaPlace(ref)} fz="sm" ff="monospace" onClick={() => open(schemaPlace(ref))}>
          {ref}
        </Anchor>
      )}
      {type.behind}
    </Text>
  )
}
