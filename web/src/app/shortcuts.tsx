import { useNavigate } from '@tanstack/react-router'
import i18next from 'i18next'
import { Fragment, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '@/ui/dialog.tsx'
import { Kbd } from '@/ui/kbd.tsx'
import { featureDomains, features } from './features.ts'

/** A shortcut of the view one is in. */
export interface Shortcut {
  /** `mod+k`, `m`, `g m`. */
  keys: string
  /** What it does, in words. */
  label: string
  run: () => void
  /** Works while typing too. */
  always?: boolean
}

interface Group {
  title: string
  shortcuts: readonly Shortcut[]
}

let groups: readonly Group[] = []
const listeners = new Set<() => void>()

function change(to: readonly Group[]) {
  groups = to
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Puts shortcuts to work, and on the sheet under `title`, for as long as the view shows. Later ones win. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  const shape = shortcuts.map((each) => `${each.keys}\t${each.label}`).join('\n')
  useEffect(() => {
    const group: Group = {
      title,
      shortcuts: latest.current.map((each, index) => ({ ...each, run: () => latest.current[index]?.run() })),
    }
    change([...groups, group])
    return () => change(groups.filter((other) => other !== group))
  }, [title, shape])
}

const mac = /mac|iphone|ipad/i.test(navigator.platform)

function chordOf(event: KeyboardEvent): string {
  const mod = mac ? event.metaKey : event.ctrlKey
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase().replace('arrow', '')
  const shift = event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key))
  return [mod && 'mod', event.altKey && 'alt', shift && 'shift', key].filter(Boolean).join('+')
}

function typing(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null
  return Boolean(
    target?.closest(
      'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable="true"], [role="menu"], [role="dialog"], [role="alertdialog"]',
    ),
  )
}

let pending = ''
let pendingTimer: ReturnType<typeof setTimeout> | undefined

function onKeyDown(event: KeyboardEvent) {
  if (event.isComposing || event.defaultPrevented || event.repeat) return
  const chord = chordOf(event)
  const busy = typing(event)
  const wanted = pending ? `${pending} ${chord}` : chord
  clearTimeout(pendingTimer)
  pending = ''
  for (const { shortcuts } of [...groups].reverse()) {
    const hit = shortcuts.find((each) => each.keys === wanted && (!busy || each.always))
    if (hit) {
      event.preventDefault()
      hit.run()
      return
    }
  }
  if (!busy && groups.some(({ shortcuts }) => shortcuts.some((each) => each.keys.startsWith(`${wanted} `)))) {
    pending = wanted
    pendingTimer = setTimeout(() => (pending = ''), 1000)
  }
}

/** The app's own shortcuts and every feature's; call once, in the shell. */
export function useAppShortcuts(own: readonly Shortcut[], admin: boolean): void {
  const { t } = useTranslation('shell')
  const navigate = useNavigate()
  const [ready, setReady] = useState(false)
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
  useEffect(() => {
    if (features.some((feature) => feature.shortcuts))
      void i18next.loadNamespaces([...featureDomains]).then(() => setReady(true))
  }, [])
  const shown = features.filter((feature) => feature.nav?.key && (admin || !feature.nav.admin))
  useShortcuts(
    t('shortcuts.go'),
    shown.map((feature) => ({
      keys: `g ${feature.nav?.key}`,
      label: t(`nav.${feature.id}`),
      run: () => void navigate({ to: feature.nav?.to ?? '/' }),
    })),
  )
  useShortcuts(t('shortcuts.general'), [
    ...own,
    ...(ready ? features : []).flatMap((feature) =>
      (feature.shortcuts ?? []).map((each) => ({
        keys: each.keys,
        label: i18next.t(each.label),
        run: () => (each.to ? void navigate({ to: each.to }) : each.run?.()),
      })),
    ),
  ])
}

/** The sheet behind `?`: what works where one is. */
export function ShortcutSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('shell')
  const shown = useSyncExternalStore(subscribe, () => groups)
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('shortcuts.title')} width="md">
      <div className="grid gap-x-12 gap-y-6 sm:grid-cols-2">
        {[...shown].reverse().map((group) => (
          <section key={group.title}>
            <h3 className="mb-1 text-12 font-medium text-ink-3">{group.title}</h3>
            <dl className="grid grid-cols-[1fr_auto] items-center gap-y-1">
              {group.shortcuts.map((each) => (
                <Fragment key={each.keys}>
                  <dt className="truncate">{each.label}</dt>
                  <dd>
                    <Kbd keys={each.keys} />
                  </dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
