import { Combobox, useCombobox } from '@mantine/core'
import { useCallback, useEffect, useMemo, useRef, useState, type ReactElement } from 'react'

import classes from './builder.module.css'
import { Listed, matching } from './choice'
import { useBuilder } from './context'
import { filterOffers, offersOf, type Offer } from './offers'
import { useNames, useTexts } from './texts'
import type { Facts, Node } from '../tree'

interface Props {
  /** The facts that are to be asked of; the customer without them. */
  within?: Facts
  label: string
  onPick: (node: Node) => void
  children: (open: () => void) => ReactElement
}

/** What one may ask: of the facts, or of the customer. */
export function useOffers(within: Facts | undefined): Offer[] {
  const { catalogue } = useBuilder()
  const t = useTexts()
  const names = useNames()
  return useMemo(() => (within === undefined ? offersOf(catalogue, t, names) : filterOffers(catalogue, t, names, within)), [catalogue, t, names, within])
}

/** A button that opens a menu of what can be asked. */
export function AddMenu({ within, label, onPick, children }: Props) {
  const [search, setSearch] = useState('')
  const picked = useRef<Offer[]>([])
  const offered = useCallback((o: Offer[]) => {
    picked.current = o
  }, [])
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setSearch('')
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  })
  return (
    <Combobox
      keepMounted={false}
      store={combobox}
      width="max-content"
      position="bottom-start"
      withinPortal
      onOptionSubmit={(value) => {
        const offer = picked.current.find((o) => o.value === value)
        combobox.closeDropdown()
        if (offer !== undefined) onPick(structuredClone(offer.node))
      }}
    >
      <Combobox.Target targetType="button">{children(() => combobox.toggleDropdown())}</Combobox.Target>
      <Combobox.Dropdown className={classes.dropdown}>
        {combobox.dropdownOpened && <Offers within={within} label={label} search={search} onSearch={setSearch} first={() => combobox.selectFirstOption()} offered={offered} />}
      </Combobox.Dropdown>
    </Combobox>
  )
}

interface OffersProps {
  within?: Facts
  label: string
  search: string
  onSearch: (search: string) => void
  first: () => void
  offered: (offers: Offer[]) => void
}

// Made only when the menu is open: there are many buttons, and many offers.
function Offers({ within, label, search, onSearch, first, offered }: OffersProps) {
  const t = useTexts()
  const offers = useOffers(within)
  useEffect(() => {
    offered(offers)
  }, [offers, offered])
  return (
    <>
      <Combobox.Search
        value={search}
        onChange={(e) => {
          onSearch(e.currentTarget.value)
          requestAnimationFrame(first)
        }}
        placeholder={t('search')}
        aria-label={label}
      />
      <Combobox.Options mah={360} className={classes.scroll} aria-label={label}>
        <Listed options={matching(offers, search)} />
      </Combobox.Options>
    </>
  )
}
