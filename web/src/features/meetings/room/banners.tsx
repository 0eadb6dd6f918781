import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, Spinner } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { Icon, type IconName } from '@/ui/icons.tsx'
import { loudness } from '../rtc/level-meter.ts'
import { useStore } from '../use-store.ts'
import { useRoom, useRoomState, useRoomUi } from './room-context.ts'
import { useCaptured } from './use-room-facts.ts'

/** What must not go unseen: that one is recorded, and whatever is wrong. */
export function Banners() {
  return (
    <div className="pointer-events-none absolute inset-x-0 top-3 z-30 flex flex-col items-center gap-2 px-3">
      <Captured />
      <Trouble />
    </div>
  )
}

/** That others will see it, until the person took note; the mark at the top stays. */
function Captured() {
  const { t } = useTranslation('meetings')
  const { ui } = useRoom()
  const captured = useCaptured()
  const noted = useRoomUi((state) => state.noted)
  if (captured === '' || captured === noted) return null
  return (
    <Banner icon="record" danger action={<Act onClick={() => ui.patch({ noted: captured })}>{t('capture.noted')}</Act>}>
      {t(`capture.${captured}`)}
    </Banner>
  )
}

/** A lost connection, a microphone nobody hears, sound the browser holds back. One at a time, the worst first. */
function Trouble() {
  const { t } = useTranslation('meetings')
  const { session, audio, local } = useRoom()
  const phase = useRoomState((state) => state.phase)
  const link = useStore(session.link)
  const blocked = useStore(audio.blocked)
  const microphone = useStore(session.media.watch.health, (health) => health.microphone)
  const picture = useStore(session.media.watch.health, (health) => health.camera)
  const camera = useStore(local.camera.state, (state) => state.problem)
  const device = useStore(local.microphone.state, (state) => state.problem)
  const screen = useStore(local.screen, (state) => state.problem)
  const talking = useTalkingWhileMuted()
  if (phase === 'reconnecting') {
    return (
      <Banner spinner action={<Act onClick={() => session.retry()}>{t('banner.retry')}</Act>}>
        {t('banner.reconnecting')}
      </Banner>
    )
  }
  if (link === 'failed') return <Banner icon="wifi-off">{t('banner.mediaFailed')}</Banner>
  if (link === 'interrupted') return <Banner spinner>{t('banner.interrupted')}</Banner>
  if (blocked) {
    return (
      <Banner icon="volume-x" action={<Act onClick={() => audio.unblock()}>{t('banner.hear')}</Act>}>
        {t('banner.blocked')}
      </Banner>
    )
  }
  if (device) return <Banner icon="mic-off">{t(`problem.microphone.${device}`)}</Banner>
  if (camera) return <Banner icon="video-off">{t(`problem.camera.${camera}`)}</Banner>
  if (screen) return <Banner icon="monitor-off">{t('problem.screen')}</Banner>
  if (microphone === 'silent') return <Banner icon="mic-off">{t('banner.silent')}</Banner>
  if (microphone === 'unsent') return <Banner icon="mic-off">{t('banner.unsent')}</Banner>
  if (picture === 'stopped') return <Banner icon="video-off">{t('banner.noPicture')}</Banner>
  if (talking) return <Banner icon="mic-off">{t('banner.muted')}</Banner>
  return null
}

interface BannerProps {
  icon?: IconName
  spinner?: boolean
  danger?: boolean
  action?: ReactNode
  children: ReactNode
}

function Banner({ icon, spinner, danger, action, children }: BannerProps) {
  return (
    <div
      role="status"
      className="pointer-events-auto flex max-w-full animate-fade-in items-center gap-3 rounded-full border border-line bg-raised py-2 pl-4 pr-4 text-ink shadow-2 has-[button]:pr-2"
    >
      {spinner ? (
        <Spinner />
      ) : (
        icon && <Icon name={icon} size={18} className={cx('shrink-0', danger ? 'text-danger-ink' : 'text-warn-ink')} />
      )}
      <span className="min-w-0">{children}</span>
      {action}
    </div>
  )
}

function Act({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <Button size="sm" kind="primary" className="rounded-full!" onClick={onClick}>
      {children}
    </Button>
  )
}

const LOOK = 200
const SPEAKS_FOR = 4

/** True for a few seconds after the person spoke, loud enough and long enough, while muted. */
function useTalkingWhileMuted(): boolean {
  const { local, session } = useRoom()
  const muted = useStore(local.microphone.state, (state) => !state.on && state.track !== null)
  const [talking, setTalking] = useState(false)
  useEffect(() => {
    if (!muted) return
    let loud = 0
    let rest = 0
    const timer = setInterval(() => {
      const heard = loudness(session.media.meter?.rms() ?? 0) > 0.55
      loud = heard ? loud + 1 : 0
      if (loud >= SPEAKS_FOR) {
        setTalking(true)
        rest = 20
      } else if (rest > 0 && --rest === 0) setTalking(false)
    }, LOOK)
    return () => {
      clearInterval(timer)
      setTalking(false)
    }
  }, [muted, session])
  return talking
}
