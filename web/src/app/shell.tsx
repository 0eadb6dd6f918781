import { Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, lazy, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccount } from '@/lib/account.ts'
import { useAccountLanguage } from './account-language.ts'
import { BottomBar } from './bottom-bar.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { OfflineBar } from './offline-bar.tsx'
import { Rail } from './rail.tsx'
import { ShortcutSheet, useAppShortcuts } from './shortcuts.tsx'

const loadPalette = () => import('./palette.tsx')
const Palette = lazy(() => loadPalette().then((module) => ({ default: module.Palette })))

/** The frame every part stands in: rail or bottom bar, the view, palette and shortcuts. */
export function Shell() {
  const { t } = useTranslation('shell')
  const { data: account } = useAccount()
  useAccountLanguage(account)
  const admin = account?.role === 'admin'
  const [finding, setFinding] = useState(false)
  const [sheet, setSheet] = useState(false)
  const path = useRouterState({ select: (state) => state.location.pathname })
  useAppShortcuts(
    [
      { keys: 'mod+k', label: t('palette.open'), run: () => setFinding((open) => !open), always: true },
      { keys: '?', label: t('shortcuts.title'), run: () => setSheet(true) },
    ],
    admin,
  )
  useEffect(() => {
    // Fetched while nothing else happens, so that what is typed right after Ctrl K lands in it.
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), 1500)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:left-3 focus:top-3 focus:z-60 focus:rounded-6 focus:bg-ink focus:px-3 focus:py-2 focus:text-canvas"
      >
        {t('skip')}
      </a>
      <OfflineBar />
      <div className="flex min-h-0 flex-1 flex-col md:flex-row">
        <Rail admin={admin} onFind={() => setFinding(true)} />
        <main
          id="main"
          tabIndex={-1}
          className="relative min-h-0 min-w-0 flex-1 overflow-hidden bg-canvas outline-none md:my-2 md:mr-2 md:rounded-10 md:border md:border-line"
        >
          <ErrorBoundary resetKey={path}>
            <Suspense fallback={null}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </main>
        <BottomBar admin={admin} onFind={() => setFinding(true)} />
      </div>
      {finding && (
        <Suspense fallback={null}>
          <Palette
            admin={admin}
            onClose={() => setFinding(false)}
            onShortcuts={() => {
              setFinding(false)
              setSheet(true)
            }}
          />
        </Suspense>
      )}
      <ShortcutSheet open={sheet} onOpenChange={setSheet} />
    </div>
  )
}
