import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'

interface Props {
  children: ReactNode
  compact?: boolean
  /** A change of this clears the failure: the address one is at. */
  resetKey?: unknown
}

interface State {
  error: unknown
  failed: boolean
}

/** Keeps a broken view from taking the app with it. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, failed: false }

  static getDerivedStateFromError(error: unknown): State {
    return { error, failed: true }
  }

  override componentDidUpdate(before: Props) {
    // oxlint-disable-next-line react/no-did-update-set-state -- only after a failure, and once
    if (this.state.failed && before.resetKey !== this.props.resetKey) this.setState({ error: null, failed: false })
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <Broken
        error={this.state.error}
        compact={this.props.compact ?? false}
        onRetry={() => this.setState({ error: null, failed: false })}
      />
    )
  }
}

/** What stands where a view broke. */
export function Broken({ error, onRetry, compact }: { error: unknown; onRetry: () => void; compact: boolean }) {
  const { t } = useTranslation('common')
  // A part that will not load is mostly a new version on the server: the old names are gone.
  const stale = error instanceof TypeError && /import|module/i.test(error.message)
  return (
    <div
      role="alert"
      className={`flex flex-col items-center justify-center px-6 text-center ${compact ? 'py-6' : 'h-full min-h-72 py-12'}`}
    >
      {!compact && (
        <span className="mb-4 grid size-12 place-items-center rounded-10 bg-danger-soft text-danger-ink">
          <Icon name="triangle-alert" size={24} />
        </span>
      )}
      <p className="text-16 font-semibold">{t(stale ? 'error.stale' : 'error.broken')}</p>
      <p className="mt-1 max-w-96 text-balance text-ink-2">{t(stale ? 'error.staleHint' : 'error.brokenHint')}</p>
      <Button className="mt-5" icon="refresh-cw" onClick={stale ? () => location.reload() : onRetry}>
        {t(stale ? 'reload' : 'retry')}
      </Button>
    </div>
  )
}
