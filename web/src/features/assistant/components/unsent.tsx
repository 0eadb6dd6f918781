import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api-error.ts'
import { describeError } from '@/lib/describe-error.ts'
import { Button } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'

interface Props {
  error: unknown
  onAgain: () => void
  onTakeBack: () => void
}

/** A message that did not go out: why, and what to do. */
export function Unsent({ error, onAgain, onTakeBack }: Props) {
  const { t } = useTranslation('assistant')
  const { t: common } = useTranslation('common')
  return (
    <div role="alert" className="mt-1 flex flex-wrap items-center justify-end gap-x-2 gap-y-1 text-12 text-danger-ink">
      <Icon name="circle-alert" size={14} />
      <span>{reasonOf(error, t) ?? describeError(error, common).sentence}</span>
      <Button size="sm" kind="ghost" icon="pencil" onClick={onTakeBack}>
        {t('unsent.takeBack')}
      </Button>
      <Button size="sm" icon="refresh-cw" onClick={onAgain}>
        {t('unsent.again')}
      </Button>
    </div>
  )
}

function reasonOf(error: unknown, t: (key: string) => string): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  if (error.status === 400 && String(error.details).includes('tokens')) return t('unsent.tooLong')
  if (error.status === 409) return t('unsent.writing')
  if (error.status === 404) return t('unsent.gone')
  if (error.status === 503) return t('unsent.notConfigured')
  return undefined
}
