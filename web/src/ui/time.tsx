import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { type Moment, type TimeStyle, formatExact, formatRelative, formatTime, toDate } from '@/lib/time.ts'
import { useZone } from '@/lib/account.ts'
import { Tooltip } from './tooltip.tsx'

const minute = {
  now: Math.floor(Date.now() / 60_000),
  listeners: new Set<() => void>(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
}

function subscribeMinute(listener: () => void) {
  minute.listeners.add(listener)
  minute.timer ??= setInterval(() => {
    minute.now = Math.floor(Date.now() / 60_000)
    for (const each of minute.listeners) each()
  }, 10_000)
  return () => {
    minute.listeners.delete(listener)
    if (minute.listeners.size === 0) {
      clearInterval(minute.timer)
      minute.timer = undefined
    }
  }
}

/** Renders again at every new minute; answers it in ms. One timer for the whole page, none when nobody looks. */
export function useMinute(): number {
  return useSyncExternalStore(subscribeMinute, () => minute.now) * 60_000
}

interface TimeProps {
  value: Moment
  /** `relative` ("3 minutes ago") unless said; the exact moment shows on hover. */
  style?: TimeStyle | 'relative'
  className?: string
}

/** A moment in the account's zone and language. */
export function Time({ value, style = 'relative', className }: TimeProps) {
  const { i18n } = useTranslation()
  const zone = useZone()
  useMinute()
  const date = toDate(value)
  const where = { language: i18n.language, zone }
  const text = style === 'relative' ? formatRelative(date, where) : formatTime(date, style, where)
  return (
    <Tooltip label={formatExact(date, where)}>
      <time dateTime={date.toISOString()} className={className}>
        {text}
      </time>
    </Tooltip>
  )
}
