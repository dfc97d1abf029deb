import { Combobox, Loader, Text, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'

import classes from './builder.module.css'
import { Choice } from './choice'
import { useBuilder, useReading } from './context'
import { Said } from './sentence'
import type { Meant } from './term'
import { useNames, useTexts } from './texts'
import { useValues } from '../values'
import { useFormat } from '../../locale/format'
import { factsName } from '../tree'

interface Props {
  label: string
  value: string
  onChange: (value: string) => void
  meant?: Meant
  wrong?: boolean
}

/** A text of a sentence: one of few, or any, with what the shop has of it. */
export function TextField(props: Props) {
  const { catalogue } = useBuilder()
  const names = useNames()
  const free = useReading() ? <Said>{props.value}</Said> : <FreeText {...props} />
  const { meant } = props
  const field = meant?.field
  if (field === undefined || meant === undefined) return free
  const info = meant.facts === undefined ? catalogue.field(field) : catalogue.factField(meant.facts, field)
  const values = info?.values
  if (values === undefined || (props.value !== '' && !values.includes(props.value))) return free
  const of = meant.facts === undefined ? field : `${factsName(meant.facts)}.${field}`
  return (
    <Choice
      label={props.label}
      value={props.value === '' ? undefined : props.value}
      wrong={props.wrong === true || props.value === ''}
      options={values.map((v) => ({ value: v, label: names.value(of, v), words: v }))}
      onChange={props.onChange}
    />
  )
}

function FreeText({ label, value, onChange, meant, wrong }: Props) {
  const t = useTexts()
  const format = useFormat()
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [asked] = useDebouncedValue(value, 200)
  const found = useValues(meant, asked, combobox.dropdownOpened)
  const rows = (found.data ?? []).filter((v) => v.value !== value)
  return (
    <Combobox
      keepMounted={false}
      store={combobox}
      width="max-content"
      position="bottom-start"
      onOptionSubmit={(v) => {
        onChange(v)
        combobox.closeDropdown()
      }}
    >
      <Combobox.Target>
        <input
          className={classes.text}
          aria-label={label}
          aria-invalid={wrong === true || value === '' || undefined}
          data-empty={value === '' || undefined}
          placeholder={t('value.text')}
          autoComplete="off"
          spellCheck={false}
          size={Math.min(40, Math.max(6, width(value)))}
          value={value}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          onChange={(e) => {
            onChange(e.currentTarget.value)
            combobox.openDropdown()
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={rows.length === 0 && !found.isFetching} className={classes.dropdown}>
        <Combobox.Options mah={280} className={classes.scroll} aria-label={label}>
          {rows.length === 0 && found.isFetching && (
            <Combobox.Empty>
              <Loader size="xs" />
            </Combobox.Empty>
          )}
          {rows.map((v) => (
            <Combobox.Option key={v.value} value={v.value} className={classes.known}>
              <Text size="sm">{v.value}</Text>
              {v.count !== undefined && (
                <Text size="xs" className="quiet">
                  {format.count(v.count)}
                </Text>
              )}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

// Letters of some scripts are as wide as two of ours.
function width(text: string): number {
  let n = 0
  for (const c of text) n += /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/.test(c) ? 2 : 1
  return n
}
