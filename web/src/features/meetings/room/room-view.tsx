import './room.css'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ShortcutSheet } from '@/app/shortcuts.tsx'
import { cx } from '@/ui/cx.ts'
import { useTitle } from '@/ui/page.tsx'
import { Icon } from '@/ui/icons.tsx'
import { formatClock } from '@/lib/time.ts'
import { Tooltip } from '@/ui/tooltip.tsx'
import type { ActiveRoom } from '../active-room.ts'
import { Banners } from './banners.tsx'
import { CaptionsArea } from './captions-area.tsx'
import { CaptureMarks } from './capture-marks.tsx'
import { ChatPanel } from './chat-panel.tsx'
import { Controls } from './controls.tsx'
import { PeoplePanel } from './people-panel.tsx'
import { ReactionLayer } from './reaction-layer.tsx'
import { useRoomState, useRoomUi } from './room-context.ts'
import { Stage } from './stage.tsx'
import { useDarkPage } from './use-dark-page.ts'
import { useNotices } from './use-notices.ts'
import { useRoomActs } from './use-room-acts.ts'
import { useRoomKeys } from './use-room-keys.ts'

/** The room: stage, panels, bar. */
export function RoomView({ room }: { room: ActiveRoom }) {
  const { t } = useTranslation('meetings')
  const acts = useRoomActs(room)
  const panel = useRoomUi((ui) => ui.panel)
  const title = useRoomState((state) => state.title)
  const [sheet, setSheet] = useState(false)
  useTitle(title)
  useDarkPage()
  useNotices(room)
  useRoomKeys(
    t('room.shortcuts'),
    [
      { keys: 'm', label: t('shortcut.microphone'), run: acts.toggleMicrophone },
      { keys: 'v', label: t('shortcut.camera'), run: acts.toggleCamera },
      { keys: 's', label: t('shortcut.share'), run: acts.toggleScreen },
      { keys: 'h', label: t('shortcut.hand'), run: acts.toggleHand },
      { keys: 'c', label: t('shortcut.chat'), run: () => acts.togglePanel('chat') },
      { keys: 'p', label: t('shortcut.people'), run: () => acts.togglePanel('people') },
      { keys: 'l', label: t('shortcut.layout'), run: acts.nextLayout },
      { keys: 'f', label: t('controls.fullscreen'), run: acts.toggleFullscreen },
      { keys: 'Space', label: t('shortcut.talk'), run: () => undefined },
      { keys: '?', label: t('controls.shortcuts'), run: () => setSheet(true) },
    ],
    room.local,
  )
  return (
    <main className="flex h-dvh flex-col overflow-hidden bg-sunken text-ink">
      <TopBar since={room.since} />
      <div className={cx('relative flex min-h-0 flex-1 gap-3 px-3 max-sm:px-1.5')}>
        <div className="relative flex min-w-0 flex-1 flex-col gap-2">
          <Banners />
          <Stage />
          <ReactionLayer />
          <CaptionsArea />
        </div>
        {panel === 'chat' && <ChatPanel />}
        {panel === 'people' && <PeoplePanel />}
      </div>
      <Controls acts={acts} onShortcuts={() => setSheet(true)} />
      <ShortcutSheet open={sheet} onOpenChange={setSheet} />
    </main>
  )
}

function TopBar({ since }: { since: number }) {
  const { t } = useTranslation('meetings')
  const title = useRoomState((state) => state.title)
  const locked = useRoomState((state) => state.locked)
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 px-3 text-12 text-ink-2 max-sm:h-12">
      <Tooltip label={t('room.minimise')}>
        <Link
          to="/meetings"
          aria-label={t('room.minimise')}
          className="grid size-8 place-items-center rounded-full hover:bg-hover hover:text-ink touch:size-11"
        >
          <Icon name="picture-in-picture-2" size={18} />
        </Link>
      </Tooltip>
      <h1 className="min-w-0 truncate text-14 font-medium text-ink md:sr-only">{title}</h1>
      {locked && <Icon name="lock" size={14} label={t('notice.locked')} />}
      <CaptureMarks />
      <Elapsed since={since} />
    </header>
  )
}

function Elapsed({ since }: { since: number }) {
  const { t } = useTranslation('meetings')
  const [seconds, setSeconds] = useState(() => (Date.now() - since) / 1000)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((Date.now() - since) / 1000), 1000)
    return () => clearInterval(timer)
  }, [since])
  return (
    <span className="ml-auto shrink-0 tabular-nums" title={t('room.since')}>
      {formatClock(seconds)}
    </span>
  )
}
