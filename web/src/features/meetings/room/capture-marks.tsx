import { useTranslation } from 'react-i18next'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { useRoomState } from './room-context.ts'

/** That the room is recorded or streamed, for as long as it is. */
export function CaptureMarks() {
  const { t } = useTranslation('meetings')
  const recording = useRoomState((state) => state.recording)
  const live = useRoomState((state) => state.streams.length > 0)
  return (
    <>
      {recording && (
        <Mark>
          <span className="size-2 animate-pulse rounded-full bg-danger-ink" />
          {t('room.recording')}
        </Mark>
      )}
      {live && (
        <Mark>
          <Icon name="radio" size={14} />
          {t('room.streaming')}
        </Mark>
      )}
    </>
  )
}

/** The same as dots, where there is no place for words. */
export function CaptureDot({ className }: { className?: string }) {
  const { t } = useTranslation('meetings')
  const recording = useRoomState((state) => state.recording)
  const live = useRoomState((state) => state.streams.length > 0)
  if (!recording && !live) return null
  return (
    <span
      role="img"
      aria-label={t(recording ? 'room.recording' : 'room.streaming')}
      className={cx('size-2 shrink-0 animate-pulse rounded-full bg-danger-ink', className)}
    />
  )
}

function Mark({ children }: { children: React.ReactNode }) {
  return (
    <span className="flex shrink-0 items-center gap-1.5 whitespace-nowrap rounded-full bg-danger-soft px-2 py-0.5 font-medium text-danger-ink">
      {children}
    </span>
  )
}
