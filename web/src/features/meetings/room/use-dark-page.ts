import { useLayoutEffect } from 'react'
import { theme } from '@/app/theme.ts'

/** The whole page dark while the room shows, its menus and dialogs included; afterwards as it was. */
export function useDarkPage(): void {
  useLayoutEffect(() => {
    const root = document.documentElement
    const darken = () => {
      root.dataset['theme'] = 'dark'
    }
    darken()
    root.toggleAttribute('data-in-room', true)
    // Whoever changes the theme meanwhile (the system at dusk) is overruled until the room closes.
    const observer = new MutationObserver(() => root.dataset['theme'] !== 'dark' && darken())
    observer.observe(root, { attributeFilter: ['data-theme'] })
    return () => {
      observer.disconnect()
      root.toggleAttribute('data-in-room', false)
      theme.set(theme.get())
    }
  }, [])
}
