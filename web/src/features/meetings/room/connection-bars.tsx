import { useTranslation } from 'react-i18next'
import { cx } from '@/ui/cx.ts'
import { Tooltip } from '@/ui/tooltip.tsx'
import type { Person } from '../rtc/room-state.ts'

const BARS = { poor: 1, fair: 2, good: 3 } as const

/** How well somebody is connected, as the server measured it: three bars, and the numbers for whoever looks closer. */
export function ConnectionBars({ person, className }: { person: Person; className?: string }) {
  const { t, i18n } = useTranslation('meetings')
  const { connection } = person
  if (connection === null || !person.online) return null
  const { quality, rtt_ms: rtt, available_bitrate: bitrate } = connection
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 })
  const number = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 2 })
  const words = [
    t(`connection.${quality}`),
    rtt !== null && t('connection.rtt', { ms: number.format(rtt) }),
    t('connection.loss', {
      up: percent.format(connection.uplink_loss),
      down: percent.format(connection.downlink_loss),
    }),
    bitrate !== null && t('connection.bitrate', { mbps: number.format(bitrate / 1e6) }),
  ]
  const label = words.filter(Boolean).join(t('connection.between'))
  return (
    <Tooltip label={label}>
      <span
        role="img"
        aria-label={label}
        data-quality={quality}
        className={cx('inline-flex h-3.5 shrink-0 items-end gap-0.5', className)}
      >
        {[5, 9, 13].map((height, index) => (
          <span
            key={height}
            className={cx('w-0.75 rounded-full bg-current', index >= BARS[quality] && 'opacity-30')}
            style={{ height }}
          />
        ))}
      </span>
    </Tooltip>
  )
}
