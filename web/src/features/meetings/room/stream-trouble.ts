import type { TFunction } from 'i18next'

/** What the relay to an RTMP server says, and its key of `stream.trouble`. */
const KNOWN: Readonly<Record<string, 'refused' | 'closed' | 'unreachable' | 'stalled' | 'silent'>> = {
  'nobody listens there': 'refused',
  'it closed the connection': 'closed',
  'it cannot be reached': 'unreachable',
  'it takes nothing any more': 'stalled',
  'it does not answer': 'silent',
}

/** Why a stream does not get through, in the reader's words; what nobody foresaw is told as it came. */
export function streamTrouble(reason: string, t: TFunction<'meetings'>): string {
  const key = KNOWN[reason]
  return key === undefined ? t('stream.trouble.other', { reason }) : t(`stream.trouble.${key}`)
}
