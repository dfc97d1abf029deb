import { eventKey } from '../catalogue'
import { TypedName } from './typedname'
import { useTexts } from './texts'

/** A way to name an event that the shop has not seen yet. */
export function EventName({ search, onPick }: { search: string; onPick: (name: string) => void }) {
  const t = useTexts()
  return (
    <TypedName
      label={t('facts.other')}
      placeholder="Quiz Finished"
      search={search}
      meant={(name) => (eventKey(name) === '' ? undefined : name.trim())}
      onPick={onPick}
    />
  )
}
