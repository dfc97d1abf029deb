import { Badge, Button, Group, Menu, Stack, Tabs, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDots, IconDownload, IconPencil, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ask, client, Problem } from '../api/client'
import { useMay } from '../session/session'
import { Confirm } from '../shell/confirm'
import { Page } from '../shell/page'
import { Answer } from '../shell/state'
import { Export } from './export'
import { HistoryTab } from './history'
import { InsightTab } from './insight'
import { MembersTab } from './members'
import { newSegment, shownName, type Segment } from './segments'
import { Summary } from './summary'
import { isUnknown, UnknownSegment } from './unknown'

const tabs = ['worth', 'members', 'history'] as const

/** One segment: how large it is, what it is worth, who is in it and why. */
export function SegmentPage() {
  const { id } = useParams({ from: '/frame/segments/$id' })
  const segment = useQuery({
    queryKey: ['segments', id],
    queryFn: () => ask(client.GET('/v1/segments/{id}', { params: { path: { id } } })),
  })
  if (isUnknown(segment.error)) return <UnknownSegment id={id} />
  return <Answer of={segment}>{(s) => <Content segment={s} />}</Answer>
}

function Content({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segment')
  const may = useMay()
  const navigate = useNavigate()
  const { tab } = useSearch({ from: '/frame/segments/$id' })
  return (
    <Page title={shownName(segment)} about={segment.purpose} actions={<Actions segment={segment} />}>
      <Stack gap="lg">
        <Group gap="xs">
          <Text className="code quiet">{segment.id}</Text>
          {segment.preset && <Badge variant="default">{t('preset')}</Badge>}
          {segment.changed && <Badge variant="default">{t('changed')}</Badge>}
        </Group>
        <Summary segment={segment} />
        {segment.text !== '' && (
          <Tabs
            value={tab ?? 'worth'}
            onChange={(next) => void navigate({ to: '/segments/$id', params: { id: segment.id }, search: { tab: next ?? undefined }, replace: true })}
            keepMounted={false}
          >
            <Tabs.List mb="md">
              {tabs
                .filter((x) => x === 'worth' || may('people'))
                .map((x) => (
                  <Tabs.Tab key={x} value={x}>
                    {t(`tab.${x}`)}
                  </Tabs.Tab>
                ))}
            </Tabs.List>
            <Tabs.Panel value="worth">
              <InsightTab segment={segment} />
            </Tabs.Panel>
            <Tabs.Panel value="members">
              <MembersTab segment={segment} />
            </Tabs.Panel>
            <Tabs.Panel value="history">
              <HistoryTab segment={segment} />
            </Tabs.Panel>
          </Tabs>
        )}
      </Stack>
    </Page>
  )
}

function Actions({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segment')
  const may = useMay()
  const [asked, setAsked] = useState<'export' | 'delete'>()
  return (
    <>
      {may('export') && segment.text !== '' && (
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => setAsked('export')}>
          {t('export.title')}
        </Button>
      )}
      {may('edit') && (
        <>
          <Button component={Link} to={`/segments/${segment.id}/edit`} leftSection={<IconPencil size={16} />}>
            {t('edit')}
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" px="xs" aria-label={t('more')}>
                <IconDots size={16} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item component={Link} to={newSegment(segment.text, t('builder.edit.copy_of', { name: shownName(segment) }))}>
                {t('copy')}
              </Menu.Item>
              <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsked('delete')}>
                {t(outcome(segment))}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      )}
      {asked === 'export' && <Export segment={segment} close={() => setAsked(undefined)} />}
      {asked === 'delete' && <Delete segment={segment} close={() => setAsked(undefined)} />}
    </>
  )
}

/** What deleting comes to: a preset is never lost. */
function outcome(segment: Segment): 'delete' | 'restore' | 'hide' {
  if (!segment.preset) return 'delete'
  return segment.changed ? 'restore' : 'hide'
}

function Delete({ segment, close }: { segment: Segment; close: () => void }) {
  const { t } = useTranslation('segment')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const what = outcome(segment)
  const put = (text: string) =>
    ask(client.PUT('/v1/segments/{id}', { params: { path: { id: segment.id } }, body: { name: segment.name, text } }))
  const remove = useMutation({
    mutationFn: () => ask(client.DELETE('/v1/segments/{id}', { params: { path: { id: segment.id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['segments'] })
      const note = notifications.show({
        message: (
          <Group justify="space-between">
            {t(`${what}_done`, { name: shownName(segment) })}
            <Button
              size="compact-sm"
              variant="default"
              onClick={() =>
                void put(segment.text).then(() => {
                  notifications.hide(note)
                  return queries.invalidateQueries({ queryKey: ['segments'] })
                })
              }
            >
              {t('undo')}
            </Button>
          </Group>
        ),
        autoClose: 15_000,
      })
      close()
      if (what !== 'restore') await navigate({ to: '/segments' })
    },
  })
  return (
    <Confirm
      title={t(`${what}_title`, { name: shownName(segment) })}
      confirm={t(what)}
      error={remove.error instanceof Problem ? remove.error.message : undefined}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={close}
    >
      {t(`${what}_loss`)}
    </Confirm>
  )
}
