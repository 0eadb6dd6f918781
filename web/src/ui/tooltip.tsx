import { Tooltip as Radix } from 'radix-ui'
import { type ReactElement, type ReactNode, useState } from 'react'
import { Kbd } from './kbd.tsx'
import { useLayer } from './layer.tsx'

interface TooltipProps {
  label: ReactNode
  /** A shortcut shown after the words, as `useShortcuts` takes it. */
  keys?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactElement
}

/** Words beside a control on hover and focus. Never the only place something is said. */
export function Tooltip({ label, keys, side = 'bottom', children }: TooltipProps) {
  // Held here so that the layer is looked up when it opens, not when the control is first drawn.
  const [open, setOpen] = useState(false)
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal container={useLayer()}>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-60 flex max-w-72 animate-fade-in items-center gap-2 rounded-6 bg-ink px-2 py-1 text-12 text-canvas shadow-2"
        >
          {label}
          {keys && <Kbd keys={keys} inverse />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Around the app once: the waits before tooltips show. */
export const TooltipProvider = Radix.Provider
