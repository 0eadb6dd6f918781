import { useTranslation } from 'react-i18next'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { useLevel } from './use-level.ts'

/** Muted, open, or heard: three bars that move with the voice. */
export function MicState({ userId, on, className }: { userId: number; on: boolean; className?: string }) {
  const { t } = useTranslation('meetings')
  const level = useLevel(userId)
  if (!on) return <Icon name="mic-off" size={14} label={t('tile.muted')} className={className} />
  return (
    <span
      role="img"
      aria-label={t('tile.micOn')}
      className={cx('flex h-3.5 w-3.5 items-center justify-center gap-0.5', className)}
    >
      {[0.6, 1, 0.6].map((share, index) => (
        <span
          key={index}
          className="w-0.75 rounded-full bg-current transition-[height]"
          style={{ height: `${Math.round(22 + level * share * 78)}%` }}
        />
      ))}
    </span>
  )
}
