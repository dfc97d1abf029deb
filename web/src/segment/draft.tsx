import { ActionIcon, Alert, Button, Group, SegmentedControl, Text, TextInput, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { useQuery } from '@tanstack/react-query'

import { useMay } from '../session/session'
import { Confirm } from '../shell/confirm'
import { Page } from '../shell/page'
import { Loading } from '../shell/state'
import { BuilderView } from './builder/builder'
import { useTexts } from './builder/texts'
import type { Catalogue } from './catalogue'
import classes from './edit.module.css'
import type { Language } from './language'
import { useLeaving } from './leaving'
import { PlanDialog } from './plan'
import { Preview, PreviewBar } from './preview'
import { hasComments } from './question'
import { useSave } from './save'
import { segmentsQuery, shownName, type Segment } from './segments'
import { slug } from './slug'
import type { Node } from './tree'
import { useDraft, type Drafting } from './usedraft'

const TextEditor = lazy(() => import('./editor/editor'))

interface Props {
  segment?: Segment
  /** What a new one may be called. */
  called?: string
  text: string
  tree: Node | undefined
  catalogue: Catalogue
  language: Language
}

/** A segment that is being made or changed, by building it or by writing it. */
export function Draft({ segment, called, text, tree, catalogue, language }: Props) {
  const t = useTexts()
  const may = useMay()
  const all = useQuery(segmentsQuery).data?.segments ?? []
  const [name, setName] = useState(segment?.name ?? called ?? '')
  const [suggested, setSuggested] = useState(called ?? '')
  const [ownID, setID] = useState<string>()
  const taken = new Set(all.map((s) => s.id))
  const id = segment?.id ?? ownID ?? slug(name, taken)
  const draft = useDraft(text, tree)
  const dirty = draft.changed || name !== (segment?.name ?? called ?? '')
  const save = useSave({ id, name, isNew: segment === undefined, taken, question: draft.question, check: draft.ask })
  const suggest = useCallback(
    (next: string) => {
      setSuggested(next)
      setName((now) => (now === '' || now === suggested ? next : now))
    },
    [suggested],
  )
  const leaving = useLeaving(dirty && !save.saved)
  const builder = useRef<HTMLDivElement>(null)
  useKeys(draft, builder, save.begin)
  const referable = all.filter((s) => s.id !== segment?.id && s.text !== '' && !s.hidden)
  const names = (other: string) => shownName(all.find((s) => s.id === other) ?? { id: other })
  const empty = draft.question === undefined
  return (
    <Page
      title={segment === undefined ? t('edit.new') : t('edit.title', { name: shownName(segment) })}
      actions={
        may('edit') && (
          <Button onClick={save.begin} loading={save.busy} disabled={empty}>
            {t('edit.save')}
          </Button>
        )
      }
    >
      <div className={classes.main}>
        <Group align="flex-start" gap="sm">
          <TextInput label={t('edit.name')} placeholder={t('edit.name_example')} value={name} maxLength={200} onChange={(e) => setName(e.currentTarget.value)} error={save.errors.name} flex="2 1 240px" />
          <TextInput
            label={t('edit.id')}
            value={id}
            readOnly={segment !== undefined}
            variant={segment === undefined ? 'default' : 'filled'}
            onChange={(e) => setID(e.currentTarget.value)}
            onBlur={(e) => {
              if (e.currentTarget.value.trim() === '') setID(undefined)
            }}
            error={save.errors.id}
            flex="1 1 200px"
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
        </Group>
        {segment?.preset === true && <Alert color="blue">{t(segment.changed ? 'edit.preset_changed' : 'edit.preset')}</Alert>}
        {segment?.text === '' && <Alert color="yellow" classNames={{ title: classes.title }}>{t('edit.template')}</Alert>}
        {save.errors.other !== undefined && (
          <Alert color="red" role="alert" title={t('edit.failed')}>
            {save.errors.other}
          </Alert>
        )}
        <Toolbar draft={draft} />
        <Notices draft={draft} />
      </div>
      <div className={classes.columns}>
        <div className={classes.main}>
          {draft.mode === 'text' ? (
            <Suspense fallback={<Loading />}>
              <TextEditor value={draft.text} onChange={draft.write} findings={draft.findings} language={language} segments={referable} canonical={draft.checked?.canonical} />
            </Suspense>
          ) : (
            <div ref={builder}>
              <BuilderView tree={draft.tree} edit={draft.edit} suggest={suggest} catalogue={catalogue} segments={referable} findings={draft.placed} />
            </div>
          )}
        </div>
        <aside className={classes.aside}>
          <Preview text={draft.shownText} pending={draft.pending} why={draft.why} />
        </aside>
      </div>
      <PreviewBar text={draft.shownText} pending={draft.pending} why={draft.why} />
      {save.plan !== undefined && <PlanDialog plan={save.plan} names={names} saving={save.busy} close={save.stop} save={save.confirm} />}
      {draft.losing && (
        <Confirm title={t('text.comments_title')} confirm={t('text.comments_drop')} onConfirm={draft.drop} onClose={draft.keep}>
          {t('text.comments_loss')}
        </Confirm>
      )}
      {leaving.asking && (
        <Confirm title={t('edit.leave_title')} confirm={t('edit.leave')} onConfirm={leaving.leave} onClose={leaving.stay}>
          {t('edit.leave_loss')}
        </Confirm>
      )}
    </Page>
  )
}

function Toolbar({ draft }: { draft: Drafting }) {
  const t = useTexts()
  return (
    <Group justify="space-between" gap="xs">
      <SegmentedControl
        aria-label={t('edit.mode')}
        value={draft.mode}
        onChange={(m) => (m === 'text' ? void draft.toText() : void draft.toBuilder())}
        data={[
          { value: 'builder', label: t('edit.builder') },
          { value: 'text', label: t('edit.text') },
        ]}
      />
      {draft.mode === 'builder' && (
        <Group gap={4}>
          <Tooltip label={`${t('edit.undo')} (Ctrl+Z)`}>
            <ActionIcon variant="default" size="lg" aria-label={t('edit.undo')} disabled={!draft.canUndo} onClick={draft.undo}>
              <IconArrowBackUp size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={`${t('edit.redo')} (Ctrl+Shift+Z)`}>
            <ActionIcon variant="default" size="lg" aria-label={t('edit.redo')} disabled={!draft.canRedo} onClick={draft.redo}>
              <IconArrowForwardUp size={18} />
            </ActionIcon>
          </Tooltip>
          {draft.tree !== undefined && (
            <Button variant="subtle" color="gray" onClick={draft.clear}>
              {t('edit.clear')}
            </Button>
          )}
        </Group>
      )}
      {draft.mode === 'text' && (
        <Button variant="default" size="xs" disabled={draft.checked === undefined || draft.pending} onClick={draft.tidyText}>
          {t('text.tidy')}
        </Button>
      )}
    </Group>
  )
}

/** What one must know about the two forms when they are not in step. */
function Notices({ draft }: { draft: Drafting }) {
  const t = useTexts()
  if (draft.mode === 'text') {
    return (
      <>
        {draft.unwritten && <Alert color="yellow" classNames={{ title: classes.title }}>{t('text.unwritten')}</Alert>}
        {draft.kept !== undefined && (
          <Alert color="yellow" classNames={{ title: classes.title }} title={t('text.kept_title')}>
            <Button size="compact-sm" variant="default" onClick={draft.bringBack}>
              {t('text.kept_back')}
            </Button>
          </Alert>
        )}
        {draft.findings.some((f) => !f.warning) && !draft.pending && (
          <Text size="sm" className="quiet" role="status">
            {t('text.broken')}
          </Text>
        )}
        {hasComments(draft.text) && (
          <Text size="sm" className="quiet">
            {t('text.comments')}
          </Text>
        )}
      </>
    )
  }
  if (draft.kept === undefined) return null
  return (
    <Alert color="yellow" classNames={{ title: classes.title }} title={t('text.apart_title')}>
      <Text size="sm" mb="xs">
        {t('text.apart')}
      </Text>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={draft.bringBack}>
          {t('text.apart_back')}
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={draft.forget}>
          {t('text.apart_forget')}
        </Button>
      </Group>
    </Alert>
  )
}

/** Ctrl+Z and Ctrl+Shift+Z in the builder, and Ctrl+S. */
function useKeys(draft: Drafting, builder: RefObject<HTMLDivElement | null>, save: () => void) {
  const latest = useRef({ draft, save })
  useEffect(() => {
    latest.current = { draft, save }
  })
  useEffect(() => {
    const onKeyDown = (e: KeyboardEvent) => {
      if (!(e.ctrlKey || e.metaKey) || e.altKey) return
      const { draft, save } = latest.current
      const key = e.key.toLowerCase()
      if (key === 's') {
        e.preventDefault()
        save()
        return
      }
      if ((key !== 'z' && key !== 'y') || draft.mode !== 'builder') return
      const at = e.target as Element | null
      const elsewhere = at !== document.body && at?.closest('input:not([type=radio]), textarea, [contenteditable]') !== null && builder.current?.contains(at) !== true
      if (elsewhere) return // a field of its own undoes what was typed in it
      e.preventDefault()
      if (key === 'y' || e.shiftKey) draft.redo()
      else draft.undo()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [builder])
}
