import { useTranslation } from 'react-i18next'
import type { Call, CallStatus } from '#contracts/schemas/call.ts'
import { Badge, type Tone } from '@/ui/badge.tsx'
import type { IconName } from '@/ui/icons.tsx'

const looks: Record<CallStatus, { tone: Tone; icon?: IconName }> = {
  queued: { tone: 'neutral', icon: 'clock' },
  dialing: { tone: 'accent', icon: 'phone-call' },
  ringing: { tone: 'accent', icon: 'phone-call' },
  in_progress: { tone: 'accent', icon: 'mic' },
  completed: { tone: 'ok', icon: 'check' },
  busy: { tone: 'warn', icon: 'phone-off' },
  no_answer: { tone: 'warn', icon: 'phone-off' },
  failed: { tone: 'danger', icon: 'triangle-alert' },
  canceled: { tone: 'neutral', icon: 'x' },
}

/** Where a call stands, in a word. */
export function CallStatusBadge({ status }: { status: CallStatus }) {
  const { t } = useTranslation('calls')
  return <Badge {...looks[status]}>{t(`status.${status}`)}</Badge>
}

/** Why it stands there, in a sentence; its bare name where we have none. */
export function useReason(call: Pick<Call, 'reason'>): string | undefined {
  const { t } = useTranslation('calls')
  return call.reason === null ? undefined : t(`reason.${call.reason}`, { defaultValue: call.reason })
}
