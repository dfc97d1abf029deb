import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { ask, client, Problem, type Schemas } from '../api/client'
import { useTexts } from './builder/texts'
import { matters } from './plan'
import type { Checked, Question } from './question'

interface Props {
  id: string
  name: string
  isNew: boolean
  taken: ReadonlySet<string>
  question: Question | undefined
  /** Asks whether the question, as it is now, is a segment. */
  check: () => Promise<Checked>
}

interface Errors {
  id?: string
  name?: string
  other?: string
}

/** Saves a segment. What would change for others, or who would enter or leave, is shown before. */
export function useSave({ id, name, isNew, taken, question, check }: Props) {
  const t = useTexts()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [errors, setErrors] = useState<Errors>({})
  const [busy, setBusy] = useState(false)
  const [plan, setPlan] = useState<Schemas['SegmentPlan']>()
  const [saved, setSaved] = useState(false)
  const path = { id }

  const put = async (text: string) => {
    await ask(client.PUT('/v1/segments/{id}', { params: { path }, body: { text, ...(name.trim() !== '' && { name: name.trim() }) } }))
    setSaved(true)
    setPlan(undefined)
    queries.removeQueries({ queryKey: ['segments', id] })
    await queries.invalidateQueries({ queryKey: ['segments'] })
    await queries.invalidateQueries({ queryKey: ['language'] })
    notifications.show({ message: t('edit.saved', { name: name.trim() === '' ? id : name.trim() }) })
    await navigate({ to: '/segments/$id', params: { id }, ignoreBlocker: true })
  }

  const failed = (error: unknown) => {
    setSaved(false)
    if (!(error instanceof Problem)) setErrors({ other: t('edit.unreachable') })
    else if (error.findings.length > 0) setErrors({ other: t('edit.has_errors') })
    else if (error.fields.has('path.id')) setErrors({ id: t('edit.id_wrong') })
    else if (error.fields.has('name')) setErrors({ name: error.message })
    else setErrors({ other: error.message })
  }

  // What a new segment needs besides its question.
  const missing = (): Errors => {
    if (name.trim() === '') return { name: t('edit.name_missing') }
    return taken.has(id) ? { id: t('edit.id_taken') } : {}
  }

  const run = async (work: () => Promise<void>) => {
    setErrors({})
    setBusy(true)
    try {
      await work()
    } catch (error) {
      failed(error)
    } finally {
      setBusy(false)
    }
  }

  return {
    errors,
    busy,
    plan,
    saved,
    begin: () => {
      if (question === undefined || busy) return
      void run(async () => {
        const lacking = isNew ? missing() : {}
        setErrors(lacking)
        if (Object.keys(lacking).length > 0) return
        const { canonical } = await check()
        if (isNew) return put(canonical)
        const planned = await ask(client.POST('/v1/segments/{id}/plan', { params: { path }, body: { text: canonical, name: name.trim() } }))
        if (matters(planned)) setPlan(planned)
        else await put(canonical)
      })
    },
    confirm: () => {
      void run(async () => {
        const { canonical } = await check()
        await put(canonical)
      })
    },
    stop: () => setPlan(undefined),
  }
}
