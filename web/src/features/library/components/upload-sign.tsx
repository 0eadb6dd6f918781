import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { showSign } from '@/app/frame-signs.tsx'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { hasUploads, subscribe, useUploadSum } from '../state/uploads.ts'

const RADIUS = 15
const ROUND = 2 * Math.PI * RADIUS

let kept = false

/** From now on uploads show in the frame while there are any. */
export function keepUploadSign(): void {
  if (kept) return
  kept = true
  let hide: (() => void) | undefined
  subscribe(() => {
    if (hasUploads()) hide ??= showSign('uploads', () => <UploadSign />)
    else {
      hide?.()
      hide = undefined
    }
  })
}

/** How far the uploads are, wherever one is; leads to them. */
function UploadSign() {
  const { t } = useTranslation('library')
  const { running, failed, percent } = useUploadSum()
  const fails = running === 0
  const label = fails ? t('uploads.signFailed', { count: failed }) : t('uploads.sign', { count: running, percent })
  return (
    <Link
      to="/library"
      aria-label={label}
      title={label}
      className={cx(
        'relative grid size-11 shrink-0 place-items-center rounded-full hover:bg-hover',
        fails ? 'text-danger-ink' : 'text-accent-ink',
      )}
    >
      <svg viewBox="0 0 36 36" className="absolute inset-1 -rotate-90" aria-hidden="true" fill="none" strokeWidth="3">
        <circle cx="18" cy="18" r={RADIUS} className="stroke-pressed" />
        <circle
          cx="18"
          cy="18"
          r={RADIUS}
          stroke="currentColor"
          strokeLinecap="round"
          strokeDasharray={`${fails ? ROUND : (ROUND * percent) / 100} ${ROUND}`}
          className="transition-[stroke-dasharray]"
        />
      </svg>
      <Icon name={fails ? 'circle-alert' : 'upload'} size={16} />
    </Link>
  )
}
