import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { Card } from '@/ui/page.tsx'
import { Progress } from '@/ui/progress.tsx'
import type { Try } from './use-try.ts'
import { Failure } from './failure.tsx'
import type { Use } from './uses.ts'

interface RunProps {
  use: Use
  state: Try<unknown>
  /** Settings beside the button. */
  options?: ReactNode
  onRun: () => void
  onCancel: () => void
}

/** The settings, the button that begins, how far it is, and what went wrong. */
export function Run({ use, state, options, onRun, onCancel }: RunProps) {
  const { t } = useTranslation('ai')
  const { phase, sent, error } = state
  return (
    <>
      <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
        {options}
        <Button kind="primary" className="ml-auto max-sm:w-full" busy={phase === 'busy'} onClick={onRun}>
          {t(phase === 'done' || phase === 'failed' ? 'try.again' : `use.${use}.action`)}
        </Button>
      </div>
      {phase === 'busy' && (
        <Card className="flex items-center gap-4 p-4">
          <div className="min-w-0 flex-1">
            <p role="status" className="mb-2">
              {sent < 100 ? t('try.sending', { percent: sent }) : t('try.working')}
            </p>
            <Progress label={t('try.progress')} value={sent < 100 ? sent : null} />
          </div>
          <Button onClick={onCancel}>{t('cancel')}</Button>
        </Card>
      )}
      {phase === 'failed' && <Failure use={use} error={error} onRetry={onRun} />}
    </>
  )
}
