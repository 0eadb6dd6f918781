import * as contracts from '#contracts/calls.ts'
import type { Call } from '#contracts/schemas/call.ts'
import type { CallRow } from '#domains/calls/call.ts'
import type { Calls } from '#domains/calls/calls.ts'
import type { CallWords } from '#domains/calls/notices.ts'
import type { Tickets } from '#domains/calls/tickets.ts'
import { callSpeech } from './calls-words.ts'
import { credentialsOf } from './credentials.ts'
import type { Mount } from './mount.ts'
import { originOf } from './visit.ts'

/** Calls as routes: what the socket of document 1 does, for those who would rather ask (contract, section 3). */
export function mountCalls(
  mount: Mount,
  parts: {
    calls: Calls
    tickets: Tickets
    viewOf: (call: CallRow) => Call
    /** The names of what makes and speaks calls; null where nothing does. */
    carrier: string | null
    voice: string | null
    words: CallWords
  },
): void {
  const { calls, tickets, viewOf } = parts
  const speech = callSpeech(parts.words)

  mount(contracts.createTicket, async ({ account, request }) => {
    const { ticket, expiresAt } = await tickets.issue(account.accountId, credentialsOf(request.headers))
    const origin = originOf(request) ?? `http://localhost:${request.socket.localPort ?? 8000}`
    return { ticket, expiresAt, wsUrl: `${origin.replace(/^http/, 'ws')}/ws?token=${ticket}` }
  })

  mount(contracts.placeCall, async ({ account, body }) => viewOf(await calls.place(account.accountId, body)), speech)

  mount(
    contracts.listCalls,
    async ({ account, query }) => {
      const page = await calls.list(account.accountId, query)
      return { calls: page.calls.map(viewOf), nextCursor: page.nextCursor }
    },
    speech,
  )

  mount(
    contracts.getCall,
    async ({ account, params }) => viewOf(await calls.get(account.accountId, params.callId)),
    speech,
  )

  mount(
    contracts.cancelCall,
    async ({ account, params }) => viewOf(await calls.cancel(account.accountId, params.callId)),
    speech,
  )

  mount(contracts.callService, async ({ account }) => {
    const { enabled, countries, quietFrom, quietUntil, dailyPerAccount } = await calls.limits.get()
    const usedToday = await calls.usedBy(account.accountId)
    const { carrier, voice } = parts
    return { enabled, carrier, voice, countries, quietFrom, quietUntil, usedToday, dailyPerAccount }
  })
}
