import * as contracts from '#contracts/calls.ts'
import type { NeverCallNumber } from '#contracts/schemas/call.ts'
import type { Calls } from '#domains/calls/calls.ts'
import type { NeverCallRow } from '#domains/calls/never-call.ts'
import type { CallWords } from '#domains/calls/notices.ts'
import { callSpeech } from './calls-words.ts'
import type { Mount } from './mount.ts'

/** What admins set about calls: limits, the off switch, the numbers that are never called. */
export function mountCallsAdmin(mount: Mount, parts: { calls: Calls; words: CallWords }): void {
  const { calls } = parts
  const speech = callSpeech(parts.words)
  const view = async () => ({
    limits: await calls.limits.get(),
    defaults: calls.limits.defaults,
    ...(await calls.load()),
  })

  mount(contracts.getCallLimits, view, speech)

  mount(
    contracts.setCallLimits,
    async ({ account, body }) => {
      await calls.limits.change(body, account.accountId)
      return view()
    },
    speech,
  )

  mount(contracts.listNeverCall, async () => ({ numbers: (await calls.neverCall.list()).map(entryOf) }), speech)

  mount(
    contracts.addNeverCall,
    async ({ account, body: { number, reason = '' } }) =>
      entryOf(await calls.neverCall.add({ number, reason, by: account.accountId })),
    speech,
  )

  mount(
    contracts.removeNeverCall,
    async ({ params }) => {
      await calls.neverCall.remove(params.number)
      return { success: true as const, message: '已移出拒撥名單' }
    },
    speech,
  )
}

function entryOf({ number, reason, createdAt }: NeverCallRow): NeverCallNumber {
  return { number, reason, createdAt: createdAt.getTime() }
}
