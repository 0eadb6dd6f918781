import { useEffect, useLayoutEffect, useRef } from 'react'
import { type Shortcut, useShortcuts } from '@/app/shortcuts.tsx'
import type { LocalMedia } from '../rtc/local-media.ts'

/** Where letters are typed or keys mean something of their own. */
const busy =
  'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable="true"], [role="menu"], [role="dialog"], [role="alertdialog"]'

/**
 * The room's shortcuts: on the sheet behind `?`, and at work here, since the room stands outside of the shell whose
 * listener serves the other views. Space held speaks while muted.
 */
export function useRoomKeys(title: string, shortcuts: readonly Shortcut[], local: LocalMedia): void {
  useShortcuts(title, shortcuts)
  const latest = useRef(shortcuts)
  // With the drawing, not after it: who sees the room can use its keys.
  useLayoutEffect(() => {
    latest.current = shortcuts
  })
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.altKey)
        return
      if (event.target instanceof Element && event.target.closest(busy)) return
      const hit = latest.current.find((each) => each.keys === event.key.toLowerCase())
      if (!hit) return
      event.preventDefault()
      hit.run()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
  usePushToTalk(local)
}

function usePushToTalk(local: LocalMedia): void {
  useEffect(() => {
    let talking = false
    const meant = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null
      if (target?.closest(busy)) return false
      // A button somebody went to by keyboard is pressed by Space; one that was just clicked is not in the way.
      return !target?.closest('button, a, [role="slider"]')?.matches(':focus-visible')
    }
    const down = (event: KeyboardEvent) => {
      if (event.code !== 'Space' || event.ctrlKey || event.metaKey || event.altKey || !meant(event)) return
      event.preventDefault()
      if (event.repeat || talking || local.microphone.state.get().on) return
      talking = true
      void local.microphone.set(true)
    }
    const up = (event?: KeyboardEvent) => {
      if (!talking || (event && event.code !== 'Space')) return
      event?.preventDefault()
      talking = false
      void local.microphone.set(false)
    }
    const away = () => up()
    document.addEventListener('keydown', down)
    document.addEventListener('keyup', up)
    window.addEventListener('blur', away)
    return () => {
      up()
      document.removeEventListener('keydown', down)
      document.removeEventListener('keyup', up)
      window.removeEventListener('blur', away)
    }
  }, [local])
}
