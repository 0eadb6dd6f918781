import { createFeatureWords } from '#adapters/words/feature-words.ts'
import type { CallLimits } from '#contracts/schemas/call.ts'
import { viewOf } from '#domains/calls/call.ts'
import { createCalls } from '#domains/calls/calls.ts'
import type { Calls } from '#domains/calls/calls.ts'
import { createDialler } from '#domains/calls/dialler.ts'
import { createLimits } from '#domains/calls/limits.ts'
import { createNeverCall } from '#domains/calls/never-call.ts'
import { createNotices, noNotices } from '#domains/calls/notices.ts'
import { createCallSessions } from '#domains/calls/sessions.ts'
import { createTellChange } from '#domains/calls/tell.ts'
import type { Tickets } from '#domains/calls/tickets.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { Notify } from '#domains/notify/notify.ts'
import { mountCallsAdmin } from '#surfaces/calls-admin.ts'
import { createCallSockets } from '#surfaces/calls-socket.ts'
import { mountCalls } from '#surfaces/calls.ts'
import type { CallSessionsOf } from '#surfaces/user-dashboard.ts'
import type { Config } from '../config.ts'
import { carrierOf, speechOf } from './calls-carrier.ts'
import type { Base, Part } from './part.ts'

/** Calls, and the sockets that the dashboard lists. */
export interface CallsPart extends Part {
  readonly calls: Calls
  readonly callSessionsOf: CallSessionsOf
}

/** What calls are given by other parts. */
export interface CallsOthers {
  readonly identity: Pick<Identity, 'onErasure'>
  readonly tickets: Tickets
  readonly notify?: Pick<Notify, 'send'> | undefined
}

/** Wires calls: the queue, the carrier, the voice, the socket of document 1. */
export function composeCalls(base: Base, others: CallsOthers): CallsPart {
  const { config, db, bus, clock, log, mount, sockets } = base
  const { carrier, missing: noCarrier } = carrierOf(base)
  const { speech, missing: noVoice } = speechOf(base)
  const isAlone = db.origin === 'embedded'
  const words = createFeatureWords('calls')
  const notices = others.notify === undefined ? noNotices : createNotices({ notify: others.notify, words })
  const limits = createLimits({ db, clock, defaults: limitsOf(config) })
  const neverCall = createNeverCall({ db, clock })
  const calls = createCalls({ db, bus, clock, limits, neverCall, notices, hasCarrier: carrier !== undefined })
  const sessions = createCallSessions({ db, clock, log, isAlone })
  const callSockets = createCallSockets({ calls, sessions, bus, clock, log, words })
  const { retries, retrySeconds, ringSeconds, talkSeconds } = config.calls
  const dialler = createDialler({
    db,
    bus,
    clock,
    log,
    limits,
    carrier,
    speech,
    notices,
    isAlone,
    tell: createTellChange(bus),
    retry: { times: retries, afterMs: retrySeconds * 1000 },
    ringMs: ringSeconds * 1000,
    talkMs: talkSeconds * 1000,
  })
  const dials = config.core.roles.includes('calls')

  mountCalls(mount, {
    calls,
    viewOf,
    tickets: others.tickets,
    carrier: carrier?.name ?? null,
    voice: speech?.name ?? null,
    words,
  })
  mountCallsAdmin(mount, { calls, words })
  sockets.route(callSockets.route)
  others.identity.onErasure((tx, accountId) => calls.erase(tx, accountId))

  return {
    calls,
    callSessionsOf: (accountId) => sessions.list(accountId),
    start: async () => {
      await sessions.start()
      if (dials) await dialler.start()
    },
    stop: async () => {
      if (dials) await dialler.stop()
      callSockets.close()
      await sessions.stop()
    },
    notConfigured: [...noCarrier, ...(carrier === undefined ? [] : noVoice)],
  }
}

function limitsOf({ calls }: Config): CallLimits {
  return {
    enabled: calls.enabled,
    countries: [...calls.countries],
    activePerAccount: calls.activePerAccount,
    activePerDestination: calls.activePerDestination,
    activeInAll: calls.activeInAll,
    dailyPerAccount: calls.dailyPerAccount,
    dailyPerDestination: calls.dailyPerDestination,
    dailyInAll: calls.dailyInAll,
    quietFrom: calls.quietFrom,
    quietUntil: calls.quietUntil,
  }
}
