import { Combobox, Text, useCombobox } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'

import classes from './builder.module.css'
import { useReading } from './context'
import { Said } from './sentence'
import { useTexts } from './texts'
import { groupBy } from '../groups'

export interface Option<V extends string = string> {
  value: V
  /** As the list has it. */
  label: string
  /** As the sentence has it, if that differs. */
  short?: string
  group?: string
  about?: string
  /** Further words that the search finds it by. */
  words?: string
}

interface Props<V extends string> {
  /** What is chosen, for who cannot see the sentence around it. */
  label: string
  value: V | undefined
  options: Option<V>[]
  onChange: (value: V) => void
  /** What is shown for a value that is not in the list. */
  shown?: string
  wrong?: boolean
  quiet?: boolean
  icon?: ReactNode
  /** What is below the list, such as a way to write something else. */
  footer?: (close: () => void, search: string) => ReactNode
}

function chosenText<V extends string>({ value, options, shown }: Props<V>): string {
  const chosen = options.find((o) => o.value === value)
  return chosen === undefined ? (shown ?? value ?? '') : (chosen.short ?? chosen.label)
}

/** One word of a sentence that can be another one. */
export function Choice<V extends string>(props: Props<V>) {
  return useReading() ? <Said quiet={props.quiet}>{chosenText(props)}</Said> : <List {...props} />
}

function List<V extends string>(props: Props<V>) {
  const { label, value, options, onChange, wrong, quiet, icon, footer } = props
  const t = useTexts()
  const [search, setSearch] = useState('')
  const searchable = options.length > 9 || footer !== undefined
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setSearch('')
    },
    onDropdownOpen: () => {
      combobox.selectActiveOption()
      if (searchable) combobox.focusSearchInput()
    },
  })
  const text = chosenText(props)
  return (
    <Combobox
      keepMounted={false}
      store={combobox}
      width="max-content"
      position="bottom-start"
      withinPortal
      onOptionSubmit={(v) => {
        combobox.closeDropdown()
        combobox.focusTarget()
        if (v !== value) onChange(v as V)
      }}
    >
      <Combobox.Target targetType="button">
        <button
          type="button"
          className={quiet ? classes.quietChoice : classes.choice}
          data-wrong={wrong || undefined}
          data-empty={text === '' || undefined}
          aria-label={`${label}: ${text === '' ? t('choose') : text}`}
          onClick={() => combobox.toggleDropdown()}
        >
          {icon}
          <span className={classes.chosen}>{text === '' ? t('choose') : text}</span>
          <IconChevronDown size={13} stroke={2} aria-hidden className={classes.chevron} />
        </button>
      </Combobox.Target>
      <Combobox.Dropdown className={classes.dropdown}>
        {searchable && (
          <Combobox.Search
            value={search}
            onChange={(e) => {
              setSearch(e.currentTarget.value)
              requestAnimationFrame(() => combobox.selectFirstOption()) // Enter takes it
            }}
            placeholder={t('search')}
            aria-label={t('search')}
          />
        )}
        <Combobox.Options mah={320} className={classes.scroll} aria-label={label}>
          <Listed options={matching(options, search)} value={value} />
        </Combobox.Options>
        {footer && <Combobox.Footer>{footer(() => combobox.closeDropdown(), search)}</Combobox.Footer>}
      </Combobox.Dropdown>
    </Combobox>
  )
}

/** The options that a search finds: those whose label is it, begins with it or has it come first, and so do their groups. */
export function matching<V extends string>(options: Option<V>[], search: string): Option<V>[] {
  const words = search.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return options
  const all = words.join(' ')
  const rank = (o: Option<V>) => {
    const label = o.label.toLocaleLowerCase()
    return label === all ? 0 : label.startsWith(all) ? 1 : words.every((w) => label.includes(w)) ? 2 : 3
  }
  return options
    .filter((o) => {
      const text = [o.label, o.short, o.value, o.group, o.about, o.words].join(' ').toLocaleLowerCase()
      return words.every((w) => text.includes(w))
    })
    .toSorted((a, b) => rank(a) - rank(b))
}

export function Listed<V extends string>({ options, value }: { options: Option<V>[]; value?: string }) {
  const t = useTexts()
  if (options.length === 0) return <Combobox.Empty>{t('nothing_found')}</Combobox.Empty>
  const groups = groupBy(options, (o) => o.group ?? '')
  return [...groups].map(([group, list]) => {
    const items = list.map((o) => (
      <Combobox.Option key={o.value} value={o.value} active={o.value === value} className={classes.option}>
        <Text size="sm">{o.label}</Text>
        {o.about && (
          <Text size="xs" className="quiet">
            {o.about}
          </Text>
        )}
      </Combobox.Option>
    ))
    return group === '' ? (
      items
    ) : (
      <Combobox.Group key={group} label={group}>
        {items}
      </Combobox.Group>
    )
  })
}
