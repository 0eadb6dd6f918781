import { useTranslation } from 'react-i18next'
import { formatTime } from '@/lib/time.ts'
import { Kbd } from '@/ui/kbd.tsx'
import type { Carried } from './use-keyboard-drag.ts'

/** Says where a schedule that is moved by keys stands, and which keys do what. */
export function Carrying({ carried }: { carried: Carried | null }) {
  const { t, i18n } = useTranslation('calendar')
  // The account's clock, whatever the zone: these times carry none.
  const where = { language: i18n.language, zone: 'UTC' }
  const text = (local: string, style: 'date' | 'time') => formatTime(new Date(`${local}Z`), style, where)
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-20 flex justify-center px-3 md:bottom-6"
    >
      {carried && (
        <div className="flex max-w-full flex-wrap items-center gap-x-4 gap-y-1 rounded-10 border border-line bg-raised px-4 py-2 text-12 shadow-2">
          <p className="min-w-0 text-14">
            <bdi className="font-medium">{carried.schedule.title}</bdi>{' '}
            <span className="tabular-nums">
              {text(carried.start, 'date')}{' '}
              {!carried.schedule.all_day && `${text(carried.start, 'time')}–${text(carried.end, 'time')}`}
            </span>
          </p>
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
            <span>
              <Kbd keys="↑ ↓ ← →" /> {t('carry.move')}
            </span>
            <span>
              <Kbd keys="shift+↓" /> {t('carry.resize')}
            </span>
            <span>
              <Kbd keys="enter" /> {t('carry.drop')}
            </span>
            <span>
              <Kbd keys="escape" /> {t('carry.back')}
            </span>
          </p>
        </div>
      )}
    </div>
  )
}
