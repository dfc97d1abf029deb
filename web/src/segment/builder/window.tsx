import { Choice, type Option } from './choice'
import { useWrong, useSet } from './context'
import { DateField } from './date'
import { DurationView } from './duration'
import { FactsView } from './facts'
import { inline } from './sentence'
import { useTexts } from './texts'
import { calendarKinds, type Duration, type Path, type Window } from '../tree'

type Kind = Window['kind']

const kinds: Kind[] = ['in_last', 'before_ago', 'between_ago', ...calendarKinds, 'since_date', 'before_date', 'between_dates', 'since_first', 'since_last']

/** Says when: one of all forms of window, or at any time where that is possible. */
export function WindowView({ of, path, always = false }: { of: Window | undefined; path: Path; always?: boolean }) {
  const t = useTexts()
  const set = useSet()
  const wrong = useWrong(path)
  const group = (k: Kind) => t(`window.group.${groupOf(k)}`)
  const options: Option<Kind | 'ever'>[] = kinds.map((k) => ({ value: k, label: t(`window.label.${k}`), short: t(`window.short.${k}`), group: group(k) }))
  if (!always) options.unshift({ value: 'ever', label: t('window.label.ever'), short: t('window.short.ever') })
  const kind = (
    <Choice
      label={t('window.when')}
      value={of?.kind ?? 'ever'}
      options={options}
      wrong={wrong}
      quiet={of === undefined}
      onChange={(k) => set(path, k === 'ever' ? undefined : windowOf(k, of))}
    />
  )
  return <>{inline(t(`window.form.${form(of)}`), { kind, ...(of === undefined ? {} : slots(of, path, t, set)) })}</>
}

function form(of: Window | undefined): string {
  if (of === undefined || (calendarKinds as readonly string[]).includes(of.kind)) return 'calendar'
  return of.kind
}

function slots(of: Window, path: Path, t: (key: string) => string, set: (path: Path, value: unknown) => void) {
  switch (of.kind) {
    case 'in_last':
    case 'before_ago':
      return { duration: <DurationView of={of.duration} path={`${path}/duration`} /> }
    case 'between_ago':
      return { from: <DurationView of={of.from} path={`${path}/from`} />, to: <DurationView of={of.to} path={`${path}/to`} /> }
    case 'since_date':
    case 'before_date':
      return { date: <DateField label={t('window.date')} value={of.date} onChange={(v) => set(`${path}/date`, v)} /> }
    case 'between_dates':
      return {
        from: <DateField label={t('window.from')} value={of.from} onChange={(v) => set(`${path}/from`, v)} />,
        to: <DateField label={t('window.to')} value={of.to} onChange={(v) => set(`${path}/to`, v)} />,
      }
    case 'since_first':
    case 'since_last':
      return { facts: <FactsView of={of.facts} path={`${path}/facts`} /> }
    default:
      return {}
  }
}

function groupOf(k: Kind): string {
  if (k === 'in_last' || k === 'before_ago' || k === 'between_ago') return 'ago'
  if ((calendarKinds as readonly string[]).includes(k)) return 'calendar'
  return k === 'since_first' || k === 'since_last' ? 'fact' : 'dates'
}

/** A window of a kind, with what can be kept of another one. */
export function windowOf(kind: Kind, was?: Window): Window {
  const length: Duration = was === undefined ? { n: 30, unit: 'days' } : 'duration' in was ? was.duration : was.kind === 'between_ago' ? was.to : { n: 30, unit: 'days' }
  const day = was === undefined ? '' : 'date' in was ? was.date : was.kind === 'between_dates' ? was.from : ''
  switch (kind) {
    case 'in_last':
    case 'before_ago':
      return { kind, duration: length }
    case 'between_ago':
      return { kind, from: length.n === null ? length : { ...length, n: length.n * 2 }, to: length }
    case 'since_date':
    case 'before_date':
      return { kind, date: day }
    case 'between_dates':
      return { kind, from: day, to: was?.kind === 'between_dates' ? was.to : day }
    case 'since_first':
    case 'since_last':
      return { kind, facts: was !== undefined && 'facts' in was ? was.facts : { fact: 'order' } }
    default:
      return { kind }
  }
}
