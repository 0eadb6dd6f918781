import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '@/ui/button.tsx'
import { focusFirst } from '@/ui/focus-first.ts'
import { useRoom } from './room-context.ts'

/** A panel beside the stage; over it on a phone. */
export function SidePanel({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('common')
  const { ui } = useRoom()
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    if (panel.current) focusFirst(panel.current)
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label={title}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && ui.patch({ panel: null })}
      className="flex w-88 shrink-0 animate-slide-in flex-col overflow-hidden rounded-10 bg-canvas text-ink outline-none max-md:fixed max-md:inset-0 max-md:z-30 max-md:w-full max-md:rounded-none"
    >
      <header className="flex h-14 shrink-0 items-center gap-2 pl-4 pr-2">
        <h2 className="min-w-0 flex-1 truncate text-16 font-semibold">{title}</h2>
        {actions}
        <IconButton icon="x" label={t('close')} onClick={() => ui.patch({ panel: null })} />
      </header>
      {children}
    </aside>
  )
}
