import type { Notify } from '#domains/notify/notify.ts'
import { durationOf } from './call.ts'
import type { Notices } from './ports.ts'

/** A sentence about calls by its key, in an account's language. */
export type CallWords = (
  locale: string | null,
  key: string,
  values: Readonly<Record<string, string | number>>,
) => string

/** The reasons that have a sentence of their own; any other is shown by its name. */
export const EXPLAINED_REASONS = [
  'no_carrier',
  'no_voice',
  'speech_failed',
  'interrupted',
  'never_call',
  'by_caller',
  'by_remote',
  'unknown_number',
  'rejected',
  'unauthorized',
  'no_codec',
  'unreachable',
  'too_long',
  'forbidden',
  'redirected',
  'server_error',
  'refused',
  'lost',
  'media_failed',
] as const

/** Tells the account how its call ended: in the web app, and at its Matrix ID. Once for each call. */
export function createNotices({ notify, words }: { notify: Pick<Notify, 'send'>; words: CallWords }): Notices {
  return {
    ended: async (call, tx) => {
      const [account] = await tx.query<{ locale: string | null }>('SELECT locale FROM accounts WHERE id = $1', [
        call.accountId,
      ])
      const locale = account?.locale ?? null
      const say = (key: string, values: Readonly<Record<string, string | number>> = {}) => words(locale, key, values)
      const duration = durationOf(call)
      const reason = call.reason
      const lines = [
        say(`notice.text.${call.status}`),
        reason !== null && (EXPLAINED_REASONS as readonly string[]).includes(reason) && say(`reason.${reason}`),
        duration !== null && say('notice.duration', { seconds: Math.round(duration / 1000) }),
        call.digits !== null && say('notice.digits', { digits: call.digits }),
        say('notice.message', { message: call.message }),
      ]
      await notify.send(
        {
          accountId: call.accountId,
          kind: 'calls.call.ended',
          dedupeKey: `call:${call.id}`,
          title: say('notice.title', { to: call.to, status: say(`status.${call.status}`) }),
          text: lines.filter((line) => typeof line === 'string').join('\n'),
          url: `/calls/${encodeURIComponent(call.callId)}`,
          channels: ['matrix'],
        },
        tx,
      )
    },
  }
}

/** Where nothing is told beyond the sockets. */
export const noNotices: Notices = { ended: async () => {} }
