import { Badge, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { useId, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Copy } from '../shell/copy'
import classes from './apidoc.module.css'
import { curlOf } from './curl'
import type { Content, Document, Route } from './document'
import { limitsOf, nameOf, resolved, typeOf } from './schema'
import { Property, Tree, TypeName } from './tree'

const colours: Record<string, string> = { GET: 'blue', POST: 'teal', PUT: 'grape', PATCH: 'grape', DELETE: 'red' }

interface Props {
  document: Document
  route: Route
  open: boolean
  toggle: () => void
}

/** A route: its first line, and when it is open all about it. */
export function RouteCard({ document, route, open, toggle }: Props) {
  const { t } = useTranslation('apidoc')
  const id = useId()
  return (
    <section className={classes.route} id={route.id} aria-label={`${route.method} ${route.path}`}>
      <UnstyledButton className={classes.head} aria-expanded={open} aria-controls={open ? id : undefined} onClick={toggle}>
        <Text span ff="monospace" fw={700} fz="sm" c={`light-dark(var(--mantine-color-${colours[route.method] ?? 'gray'}-9), var(--mantine-color-${colours[route.method] ?? 'gray'}-4))`}>
          {route.method}
        </Text>
        <span>
          <Text span ff="monospace" fz="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {route.path}
          </Text>
          <Text fz="sm" className="quiet" lang="en">
            {route.summary}
          </Text>
        </span>
        {route.permission !== '' && <Badge variant="default">{t(`permission.${route.permission}`, { defaultValue: route.permission })}</Badge>}
      </UnstyledButton>
      {open && (
        <div className={classes.body} id={id}>
          <Details document={document} route={route} />
        </div>
      )}
    </section>
  )
}

function Details({ document, route }: { document: Document; route: Route }) {
  const { t } = useTranslation('apidoc')
  const { operation: o } = route
  const parameters = o.parameters ?? []
  const statuses = Object.entries(o.responses ?? {})
  const good = statuses.filter(([status]) => status.startsWith('2'))
  const bad = statuses.filter(([status]) => !status.startsWith('2')).map(([status]) => status)
  return (
    <Stack gap="md">
      {route.permission !== '' && (
        <Text size="sm">{t(`permission_about.${route.permission}`, { defaultValue: t('permission_unknown', { name: route.permission }) })}</Text>
      )}
      {parameters.length > 0 && (
        <Part title={t('parameters')}>
          <ul className={classes.tree}>
            {parameters.map((p) => (
              <Property
                key={`${p.in} ${p.name}`}
                line={{
                  name: p.name,
                  depth: 0,
                  required: p.required ?? false,
                  type: typeOf(p.schema ?? {}),
                  about: [t(`in.${p.in}`, { defaultValue: p.in }), p.description].filter(Boolean).join(' · '),
                  limits: limitsOf(p.schema ?? {}),
                  choices: (p.schema?.enum ?? []).map(String),
                }}
              />
            ))}
          </ul>
        </Part>
      )}
      {o.requestBody?.content && (
        <Part title={t('request')}>
          <Body document={document} content={o.requestBody.content} />
        </Part>
      )}
      {good.map(([status, answer]) => (
        <Part key={status} title={t('answer', { status })}>
          {answer.content ? <Body document={document} content={answer.content} /> : <Text size="sm">{status === '204' ? t('no_body') : t('stream')}</Text>}
        </Part>
      ))}
      {bad.length > 0 && (
        <Text size="sm" className="quiet">
          {t('errors', { statuses: bad.join(', ') })}
        </Text>
      )}
      <Curl text={curlOf(document, route, window.location.origin)} />
    </Stack>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {title}
      </Title>
      {children}
    </div>
  )
}

function Body({ document, content }: { document: Document; content: Content }) {
  return Object.entries(content).map(([type, { schema }]) => (
    <Stack key={type} gap={4}>
      <Group gap={8}>
        <Text span size="xs" className="quiet" ff="monospace">
          {type}
        </Text>
        {schema && nameOf(schema) !== undefined && <TypeName type={typeOf(schema)} />}
      </Group>
      {schema && <Tree schema={resolved(document, schema)} />}
    </Stack>
  ))
}

function Curl({ text }: { text: string }) {
  const { t } = useTranslation('apidoc')
  return (
    <Part title={t('example')}>
      <Stack gap={6} align="flex-start">
        <pre className={`code ${classes.curl}`} tabIndex={0}>
          {text}
        </pre>
        <Copy value={text} />
      </Stack>
    </Part>
  )
}
