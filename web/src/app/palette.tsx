import { useNavigate } from '@tanstack/react-router'
import i18next from 'i18next'
import { Dialog as Radix } from 'radix-ui'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Spinner } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { Kbd } from '@/ui/kbd.tsx'
import type { PaletteItem, PaletteSource } from './feature.ts'
import { featureDomains, features } from './features.ts'
import { matches } from './palette-match.ts'
import { navFeatures } from './rail.tsx'
import { theme } from './theme.ts'
import { signOut } from '@/lib/sign-out.ts'

interface Group {
  title: string
  items: PaletteItem[]
}

/** Every feature's source, with the words they need; loaded when the palette is first opened. */
function useSources(): PaletteSource[] | undefined {
  const [sources, setSources] = useState<PaletteSource[]>()
  useEffect(() => {
    let gone = false
    const load = async () => {
      await i18next.loadNamespaces([...featureDomains])
      const loaded = await Promise.allSettled(
        features.flatMap((feature) => (feature.palette ? [feature.palette()] : [])),
      )
      if (!gone) setSources(loaded.flatMap((each) => (each.status === 'fulfilled' ? [each.value.palette] : [])))
    }
    void load()
    return () => {
      gone = true
    }
  }, [])
  return sources
}

/** What the servers found for the words, once typing rests. */
function useFound(sources: PaletteSource[] | undefined, words: string): { groups: Group[]; busy: boolean } {
  const [found, setFound] = useState<{ words: string; groups: Group[] }>({ words: '', groups: [] })
  const searches = useMemo(() => (sources ?? []).flatMap((source) => source.search ?? []), [sources])
  useEffect(() => {
    if (!words || searches.length === 0) return
    const abort = new AbortController()
    const search = async () => {
      const results = await Promise.allSettled(searches.map((each) => each.find(words, abort.signal)))
      if (abort.signal.aborted) return
      const groups = results.flatMap((result, index) => {
        const items = result.status === 'fulfilled' ? result.value : []
        return items.length > 0 ? [{ title: searches[index]?.title() ?? '', items: items.slice(0, 6) }] : []
      })
      setFound({ words, groups })
    }
    const timer = setTimeout(() => void search(), 150)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [searches, words])
  // What was found for other words stays until there is something newer; with nothing typed there is nothing to find.
  const asked = words !== '' && searches.length > 0
  return { groups: asked ? found.groups : [], busy: asked && found.words !== words }
}

/** Finds and does anything. Opened by Ctrl/⌘ K. */
export function Palette({
  admin,
  onClose,
  onShortcuts,
}: {
  admin: boolean
  onClose: () => void
  onShortcuts: () => void
}) {
  const { t, i18n } = useTranslation('shell')
  const navigate = useNavigate()
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const sources = useSources()
  const trimmed = words.trim()
  const found = useFound(sources, trimmed)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()

  const groups = useMemo(() => {
    const go: PaletteItem[] = [
      ...navFeatures(admin).map((feature) => ({
        id: `go-${feature.id}`,
        label: t(`nav.${feature.id}`),
        icon: feature.nav.icon,
        to: feature.nav.to,
        keywords: feature.id,
        ...(feature.nav.key ? { keys: `g ${feature.nav.key}` } : {}),
      })),
      { id: 'go-account', label: t('account.settings'), icon: 'user', to: '/account', keywords: 'account profile' },
    ]
    const acts: PaletteItem[] = [
      ...(sources ?? []).flatMap((source) => source.items?.() ?? []),
      {
        id: 'theme-dark',
        label: t('palette.dark'),
        icon: 'moon',
        keywords: 'dark theme',
        run: () => theme.set('dark'),
      },
      {
        id: 'theme-light',
        label: t('palette.light'),
        icon: 'sun',
        keywords: 'light theme',
        run: () => theme.set('light'),
      },
      {
        id: 'shortcuts',
        label: t('shortcuts.title'),
        icon: 'keyboard',
        keys: '?',
        keywords: 'keyboard shortcuts help',
        run: onShortcuts,
      },
      {
        id: 'sign-out',
        label: t('account.signOut'),
        icon: 'log-out',
        keywords: 'sign out log out',
        run: () => void signOut(),
      },
    ]
    const keep = (items: PaletteItem[]) =>
      items.filter((item) => matches(trimmed, item.label, item.keywords ?? '', i18n.language))
    return [
      { title: t('palette.actions'), items: keep(acts) },
      { title: t('palette.places'), items: keep(go) },
      ...found.groups,
    ].filter((group) => group.items.length > 0)
  }, [admin, sources, trimmed, found.groups, t, i18n.language, onShortcuts])

  const flat = groups.flatMap((group) => group.items)
  const active = flat[Math.min(at, flat.length - 1)]

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [at, trimmed])

  const choose = (item: PaletteItem) => {
    onClose()
    if (item.to) void navigate({ to: item.to })
    item.run?.()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setAt((Math.min(at, flat.length - 1) + step + flat.length) % Math.max(1, flat.length))
    } else if (event.key === 'Enter' && active) {
      event.preventDefault()
      choose(active)
    }
  }

  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-fade-in bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed left-1/2 top-0 z-50 flex max-h-dvh w-full -translate-x-1/2 animate-fade-in flex-col overflow-hidden bg-raised text-ink shadow-2 outline-none sm:top-[12vh] sm:max-h-[60vh] sm:w-[calc(100%-3rem)] sm:max-w-[40rem] sm:rounded-10"
        >
          <Radix.Title className="sr-only">{t('palette.open')}</Radix.Title>
          <div className="flex items-center gap-3 border-b border-line px-4">
            {found.busy || !sources ? <Spinner /> : <Icon name="search" className="text-ink-3" />}
            <input
              autoFocus
              role="combobox"
              aria-expanded="true"
              aria-controls={`${id}-list`}
              aria-activedescendant={active ? `${id}-${active.id}` : undefined}
              aria-label={t('palette.open')}
              placeholder={t('palette.placeholder')}
              value={words}
              onChange={(event) => {
                setWords(event.target.value)
                setAt(0)
              }}
              onKeyDown={onKeyDown}
              className="h-12 min-w-0 flex-1 bg-transparent text-16 outline-none"
            />
            <Radix.Close className="sm:hidden h-11 text-ink-2">{t('palette.close')}</Radix.Close>
          </div>
          <div
            ref={list}
            id={`${id}-list`}
            role="listbox"
            aria-label={t('palette.results')}
            className="min-h-0 overflow-y-auto p-2"
          >
            {groups.map((group) => (
              <div key={group.title} role="group" aria-label={group.title} className="mb-2">
                <p aria-hidden="true" className="px-2 py-1 text-12 text-ink-3">
                  {group.title}
                </p>
                {group.items.map((item) => (
                  // The keyboard is the text box's: the list is its popup.
                  // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
                  <div
                    key={item.id}
                    id={`${id}-${item.id}`}
                    role="option"
                    aria-selected={item === active}
                    onPointerMove={() => setAt(flat.indexOf(item))}
                    onClick={() => choose(item)}
                    className={cx(
                      'flex min-h-9 cursor-default items-center gap-3 rounded-6 px-2 py-1.5 touch:min-h-11',
                      item === active && 'bg-pressed',
                    )}
                  >
                    <Icon name={item.icon} className="text-ink-3" />
                    <span className="min-w-0 flex-1 truncate">
                      {item.label}
                      {item.hint && <span className="ml-2 text-12 text-ink-3">{item.hint}</span>}
                    </span>
                    {item.keys && <Kbd keys={item.keys} />}
                  </div>
                ))}
              </div>
            ))}
          </div>
          {flat.length === 0 && !found.busy && (
            <p className="px-6 pb-8 pt-4 text-center text-ink-2">{t('palette.nothing', { words: trimmed })}</p>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
