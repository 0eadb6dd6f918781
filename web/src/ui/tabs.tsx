import { Link, useLocation } from '@tanstack/react-router'
import { Tabs as Radix } from 'radix-ui'
import { type ReactNode, useEffect, useRef } from 'react'
import { cx } from './cx.ts'
import { Icon, type IconName } from './icons.tsx'

const tab =
  'relative inline-flex h-10 shrink-0 items-center gap-2 whitespace-nowrap px-1 font-medium text-ink-2 transition-colors hover:text-ink touch:h-11 ' +
  'after:absolute after:inset-x-0 after:-bottom-px after:h-0.5 after:rounded-full after:transition-colors'
const chosen = 'data-[state=active]:text-ink data-[state=active]:after:bg-accent'
const bar = 'flex gap-5 overflow-x-auto border-b border-line [scrollbar-width:none]'

interface TabsProps {
  value: string
  onValue: (value: string) => void
  label: string
  tabs: readonly { value: string; label: ReactNode; icon?: IconName; content: ReactNode }[]
}

/** Faces of the same thing, one at a time. */
export function Tabs({ value, onValue, label, tabs }: TabsProps) {
  return (
    <Radix.Root value={value} onValueChange={onValue} className="flex min-h-0 flex-col">
      <Radix.List aria-label={label} className={bar}>
        {tabs.map((each) => (
          <Radix.Trigger key={each.value} value={each.value} className={cx(tab, chosen)}>
            {each.icon && <Icon name={each.icon} />}
            {each.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((each) => (
        <Radix.Content key={each.value} value={each.value} className="min-h-0 flex-1 pt-4">
          {each.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}

/** The same look for places with addresses of their own. */
export function TabLinks({
  label,
  links,
}: {
  label: string
  links: readonly { to: string; label: ReactNode; icon?: IconName }[]
}) {
  const nav = useRef<HTMLElement>(null)
  const path = useLocation({ select: ({ pathname }) => pathname })
  // On a phone the chosen one may lie beyond the edge.
  useEffect(() => {
    const chosenOne = nav.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (chosenOne && nav.current) nav.current.scrollLeft = chosenOne.offsetLeft - nav.current.offsetLeft - 40
  }, [path])
  return (
    <nav ref={nav} aria-label={label} className={bar}>
      {links.map((each) => (
        <Link
          key={each.to}
          to={each.to}
          activeOptions={{ exact: true, includeSearch: false }}
          className={tab}
          activeProps={{ className: 'text-ink after:bg-accent', 'aria-current': 'page' }}
        >
          {each.icon && <Icon name={each.icon} />}
          {each.label}
        </Link>
      ))}
    </nav>
  )
}
