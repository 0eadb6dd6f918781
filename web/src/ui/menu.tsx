import { Link } from '@tanstack/react-router'
import { DropdownMenu } from 'radix-ui'
import { type ReactElement, type ReactNode, useState } from 'react'
import { cx } from './cx.ts'
import { Icon, type IconName } from './icons.tsx'
import { Kbd } from './kbd.tsx'
import { useLayer } from './layer.tsx'

const panel =
  'z-50 min-w-48 max-w-80 animate-pop-in overflow-y-auto rounded-10 border border-line bg-raised p-1 text-ink shadow-2'
const row =
  'relative flex min-h-8 w-full cursor-default select-none items-center gap-2.5 rounded-6 px-2 py-1 outline-none data-disabled:opacity-50 data-highlighted:bg-hover touch:min-h-11'

interface MenuProps {
  trigger: ReactElement
  side?: 'top' | 'right' | 'bottom' | 'left'
  align?: 'start' | 'center' | 'end'
  children: ReactNode
}

/** Actions on one thing, behind a button. */
export function Menu({ trigger, side = 'bottom', align = 'end', children }: MenuProps) {
  // Held here so that the layer is looked up when it opens, not when the button is first drawn.
  const [open, setOpen] = useState(false)
  const layer = useLayer()
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={setOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={layer}>
        <DropdownMenu.Content
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={cx(panel, 'max-h-(--radix-dropdown-menu-content-available-height)')}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

interface MenuItemProps {
  icon?: IconName
  children: ReactNode
  onSelect?: (event: Event) => void
  /** Goes somewhere instead of doing something. */
  to?: string
  danger?: boolean
  disabled?: boolean
  keys?: string
}

/** One action. */
export function MenuItem({ icon, children, onSelect, to, danger, disabled, keys }: MenuItemProps) {
  const inside = (
    <>
      {icon && <Icon name={icon} className={danger ? undefined : 'text-ink-3'} />}
      <span className="min-w-0 flex-1">{children}</span>
      {keys && <Kbd keys={keys} />}
    </>
  )
  return (
    <DropdownMenu.Item
      className={cx(row, danger && 'text-danger-ink')}
      disabled={disabled ?? false}
      asChild={Boolean(to)}
      {...(onSelect ? { onSelect } : {})}
    >
      {to ? <Link to={to}>{inside}</Link> : inside}
    </DropdownMenu.Item>
  )
}

interface MenuChoiceProps {
  label: string
  icon?: IconName
  value: string
  onValue: (value: string) => void
  options: readonly { value: string; label: string }[]
}

/** One of a few, in a menu beside the menu. */
export function MenuChoice({ label, icon, value, onValue, options }: MenuChoiceProps) {
  const layer = useLayer()
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className={cx(row, 'data-[state=open]:bg-hover')}>
        {icon && <Icon name={icon} className="text-ink-3" />}
        <span className="min-w-0 flex-1">{label}</span>
        <span className="text-12 text-ink-3">{options.find((option) => option.value === value)?.label}</span>
        <Icon name="chevron-right" size={14} className="text-ink-3" />
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal container={layer}>
        <DropdownMenu.SubContent className={panel} sideOffset={4} collisionPadding={8}>
          <DropdownMenu.RadioGroup value={value} onValueChange={onValue}>
            {options.map((option) => (
              <DropdownMenu.RadioItem key={option.value} value={option.value} className={cx(row, 'pr-8')}>
                {option.label}
                <DropdownMenu.ItemIndicator className="absolute right-2">
                  <Icon name="check" className="text-accent-ink" />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  )
}

/** A line between groups of actions. */
export function MenuSeparator() {
  return <DropdownMenu.Separator className="mx-1 my-1 h-px bg-line" />
}

/** What the actions below are about; takes no focus. */
export function MenuHeading({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 py-1.5 text-12 text-ink-3">{children}</DropdownMenu.Label>
}
