import { Slot } from 'radix-ui'
import { type ReactNode, type Ref, useEffect } from 'react'

interface RemoveScrollProps {
  as?: unknown
  enabled?: boolean
  children?: ReactNode
  ref?: Ref<HTMLElement>
  allowPinchZoom?: boolean
  shards?: unknown
}

let locks = 0

function lock(by: number) {
  locks += by
  document.body.toggleAttribute('data-scroll-locked', locks > 0)
}

/**
 * Keeps the page behind a dialog or menu still. Stands in for the package of the same name, which writes <style> elements
 * that a strict content security policy forbids; here the rule is in tokens.css.
 */
export function RemoveScroll({
  as,
  enabled = true,
  children,
  ref,
  allowPinchZoom: _pinch,
  shards: _shards,
  ...rest
}: RemoveScrollProps) {
  useEffect(() => {
    if (!enabled) return
    lock(1)
    return () => lock(-1)
  }, [enabled])
  if (as) {
    return (
      <Slot.Root ref={ref} {...rest}>
        {children}
      </Slot.Root>
    )
  }
  return (
    <div ref={ref as Ref<HTMLDivElement>} {...rest}>
      {children}
    </div>
  )
}
