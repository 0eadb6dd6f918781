import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Events } from '#contracts/events.ts'
import type { CallLimits } from '#contracts/schemas/call.ts'
import { createBus } from '#kernel/bus/bus.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { transcriptOf } from './call.ts'
import { createCalls } from './calls.ts'
import { createDialler } from './dialler.ts'
import { createLimits } from './limits.ts'
import { createNeverCall } from './never-call.ts'
import type { Carrier, CarrierEvent, OutgoingCall, Speech } from './ports.ts'
import { createTellChange } from './tell.ts'

const OPEN: CallLimits = {
  enabled: true,
  countries: ['TW'],
  activePerAccount: 2,
  activePerDestination: 1,
  activeInAll: 20,
  dailyPerAccount: 1000,
  dailyPerDestination: 5,
  dailyInAll: 100_000,
  quietFrom: 0,
  quietUntil: 0,
}

/** A carrier whose calls the test moves itself. */
class ScriptedCarrier implements Carrier {
  readonly name = 'scripted'
  readonly calls: { call: OutgoingCall; tell: (event: CarrierEvent) => void; hungUp: boolean }[] = []
  async place(call: OutgoingCall, onEvent: (event: CarrierEvent) => void) {
    const one = { call, tell: onEvent, hungUp: false }
    this.calls.push(one)
    const hangup = (): void => {
      one.hungUp = true
      onEvent({ type: 'ended', outcome: 'canceled' })
    }
    return { ref: `ref-${call.id}`, hangup }
  }
}

const silence: Speech = {
  name: 'silence',
  synthesise: async () => ({ samples: new Int16Array(800), rate: 8_000 }),
}

let db: TestDatabase
let time = Date.UTC(2026, 10, 21, 4, 0)
const clock = { now: () => time }
const cleanups: (() => Promise<void>)[] = []
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.close())
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
  await db.query('DELETE FROM calls')
  await db.query('DELETE FROM call_limits')
  await db.query('DELETE FROM never_call_numbers')
})

async function account(): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
     VALUES (gen_random_uuid()::text, gen_random_uuid()::text, 'x', 'Asia/Taipei', '', uuid_send(gen_random_uuid()), '')
     RETURNING id`,
  )
  return row?.id ?? 0
}

interface Beginning {
  limits?: Partial<CallLimits>
  speech?: Speech
  isAlone?: boolean
  hasCarrier?: boolean
}

async function begin(options: Beginning = {}) {
  const { hasCarrier = true } = options
  const bus = await createBus<Events>({ log: silentLog })
  const carrier = new ScriptedCarrier()
  const limits = createLimits({ db, clock, defaults: { ...OPEN, ...options.limits } })
  const ended: string[] = []
  const notices = { ended: async ({ callId }: { callId: string }) => void ended.push(callId) }
  const neverCall = createNeverCall({ db, clock })
  const calls = createCalls({ db, bus, clock, limits, neverCall, notices, hasCarrier })
  const dialler = createDialler({
    db,
    bus,
    clock,
    log: silentLog,
    limits,
    carrier: hasCarrier ? carrier : undefined,
    speech: options.speech ?? silence,
    notices,
    isAlone: options.isAlone ?? false,
    tell: createTellChange(bus),
    retry: { times: 2, afterMs: 60_000 },
    ringMs: 1_000,
    talkMs: 1_000,
  })
  await dialler.start()
  let isRunning = true
  const stop = async (): Promise<void> => {
    if (!isRunning) return
    isRunning = false
    await dialler.stop()
    await bus.close()
  }
  cleanups.push(stop)
  return { calls, carrier, limits, neverCall, ended, stop }
}

const numberOf = (at: number): string => `+88691234${String(at).padStart(4, '0')}`
const status = async (calls: Awaited<ReturnType<typeof begin>>['calls'], id: number, callId: string) =>
  (await calls.get(id, callId)).status

describe('the queue', () => {
  test('serves every account in turn, whatever another one has queued', async () => {
    const { calls, carrier } = await begin({ limits: { activeInAll: 3 } })
    const [greedy, modest] = [await account(), await account()]
    for (let at = 0; at < 20; at++) {
      await calls.place(greedy, { callId: `g${at}`, to: numberOf(at), message: 'm' })
    }
    await expect.poll(() => carrier.calls.length).toBe(2)
    await calls.place(modest, { callId: 'm0', to: numberOf(100), message: 'm' })
    await expect.poll(() => carrier.calls.length).toBe(3)
    expect(carrier.calls.map((one) => one.call.to)).toContain(numberOf(100))
    expect(await status(calls, modest, 'm0')).toBe('dialing')
    // One ends, one begins: never more than there may be.
    carrier.calls[0]?.tell({ type: 'ended', outcome: 'completed' })
    await expect.poll(() => carrier.calls.length).toBe(4)
    expect((await calls.load()).activeNow).toBe(3)
  })

  test('makes no two calls to one number at once', async () => {
    const { calls, carrier } = await begin()
    for (const at of [1, 2]) {
      await calls.place(await account(), { callId: 'same', to: numberOf(7), message: `m${at}` })
    }
    await expect.poll(() => carrier.calls.length).toBe(1)
    carrier.calls[0]?.tell({ type: 'ended', outcome: 'completed' })
    await expect.poll(() => carrier.calls.length).toBe(2)
  })

  test('tries busy and no answer again, twice, after a wait; and nothing else', async () => {
    const { calls, carrier, ended } = await begin()
    const id = await account()
    await calls.place(id, { callId: 'busy', to: numberOf(1), message: 'm' })
    for (const attempt of [1, 2, 3]) {
      await expect.poll(() => carrier.calls.length, { timeout: 5_000 }).toBe(attempt)
      carrier.calls[attempt - 1]?.tell({ type: 'ended', outcome: 'busy', code: 486 })
      await expect.poll(() => status(calls, id, 'busy')).toBe(attempt < 3 ? 'queued' : 'busy')
      if (attempt < 3) expect(ended).toEqual([])
      time += 61_000
    }
    expect(ended).toEqual(['busy'])
    await calls.place(id, { callId: 'failed', to: numberOf(2), message: 'm' })
    await expect.poll(() => carrier.calls.length).toBe(4)
    carrier.calls[3]?.tell({ type: 'ended', outcome: 'failed', reason: 'rejected', code: 603 })
    await expect.poll(() => status(calls, id, 'failed')).toBe('failed')
    expect(await calls.get(id, 'failed')).toMatchObject({ reason: 'rejected', sipCode: 603, attempts: 1 })
  })

  test('dials nothing while it is switched off, and refuses new calls', async () => {
    const { calls, carrier, limits } = await begin()
    const id = await account()
    await limits.change({ enabled: false }, id)
    await expect(calls.place(id, { callId: 'x', to: numberOf(1), message: 'm' })).rejects.toMatchObject({
      code: 'calls.switched-off',
    })
    expect(carrier.calls).toEqual([])
  })

  test('a message that cannot be spoken fails the call before anybody is rung', async () => {
    const speech: Speech = { name: 'broken', synthesise: () => Promise.reject(new Error('no voice today')) }
    const { calls, carrier } = await begin({ speech })
    const id = await account()
    await calls.place(id, { callId: 'mute', to: numberOf(1), message: 'm' })
    await expect.poll(() => status(calls, id, 'mute')).toBe('failed')
    expect(await calls.get(id, 'mute')).toMatchObject({ reason: 'speech_failed' })
    expect(carrier.calls).toEqual([])
  })
})

describe('a call', () => {
  test('goes through its states, each with its time', async () => {
    const { calls, carrier, ended } = await begin()
    const id = await account()
    await calls.place(id, { callId: 'good', to: numberOf(1), message: 'm', keys: '1,2' })
    await expect.poll(() => carrier.calls.length).toBe(1)
    expect(carrier.calls[0]?.call.keys).toBe('1,2')
    const tell = carrier.calls[0]?.tell ?? (() => {})
    tell({ type: 'ringing', code: 180 })
    await expect.poll(() => status(calls, id, 'good')).toBe('ringing')
    time += 3_000
    tell({ type: 'answered', code: 200 })
    tell({ type: 'digit', digit: '1' })
    tell({ type: 'digit', digit: '#' })
    await expect.poll(async () => (await calls.get(id, 'good')).digits).toBe('1#')
    time += 5_000
    tell({ type: 'ended', outcome: 'completed', code: 200 })
    await expect.poll(() => status(calls, id, 'good')).toBe('completed')
    const call = await calls.get(id, 'good')
    expect((call.answeredAt?.getTime() ?? 0) - (call.ringingAt?.getTime() ?? 0)).toBe(3_000)
    expect((call.endedAt?.getTime() ?? 0) - (call.answeredAt?.getTime() ?? 0)).toBe(5_000)
    expect(call.carrierRef).toBe(`ref-${call.id}`)
    expect(transcriptOf(call)).toBe('> [1,2]\n> m\n< [1#]')
    expect(ended).toEqual(['good'])
  })

  test('is cancelled while it waits, and while it rings', async () => {
    const { calls, carrier, ended } = await begin({ limits: { activePerAccount: 1 } })
    const id = await account()
    await calls.place(id, { callId: 'rings', to: numberOf(1), message: 'm' })
    await calls.place(id, { callId: 'waits', to: numberOf(2), message: 'm' })
    await expect.poll(() => carrier.calls.length).toBe(1)
    expect(await calls.cancel(id, 'waits')).toMatchObject({ status: 'canceled', reason: 'by_caller' })
    await calls.cancel(id, 'rings')
    await expect.poll(() => status(calls, id, 'rings')).toBe('canceled')
    expect(carrier.calls[0]?.hungUp).toBe(true)
    expect(carrier.calls.length).toBe(1)
    expect(ended.toSorted()).toEqual(['rings', 'waits'])
  })
})

describe('a process that ends', () => {
  test('marks what it was making as failed; nobody dials it again', async () => {
    const first = await begin()
    const id = await account()
    await first.calls.place(id, { callId: 'cut', to: numberOf(1), message: 'm' })
    await expect.poll(() => first.carrier.calls.length).toBe(1)
    await first.stop()
    const second = await begin()
    expect(await second.calls.get(id, 'cut')).toMatchObject({ status: 'failed', reason: 'interrupted' })
    expect(first.ended).toEqual(['cut'])
    expect(second.carrier.calls).toEqual([])
  })

  test('without a word is found out by the next one, and what waits is dialled', async () => {
    const id = await account()
    const now = new Date(time)
    await db.query(
      `INSERT INTO calls (account_id, call_id, to_number, country, message, status, attempts, due_at, created_at, updated_at,
         worker, lease_until, answered_at)
       VALUES ($1, 'killed', '+886912340001', 'TW', 'm', 'in_progress', 1, $2, $2, $2, gen_random_uuid(), $3, $2),
              ($1, 'waiting', '+886912340002', 'TW', 'm', 'queued', 0, $2, $2, $2, NULL, NULL, NULL)`,
      [id, now, new Date(time + 60_000)],
    )
    // The lease still runs, but the database is this process's alone.
    const { calls, carrier, ended } = await begin({ isAlone: true })
    expect(await calls.get(id, 'killed')).toMatchObject({ status: 'failed', reason: 'interrupted', attempts: 1 })
    expect(ended).toEqual(['killed'])
    await expect.poll(() => carrier.calls.map((one) => one.call.to)).toEqual(['+886912340002'])
  })
})

describe('limits', () => {
  test('of an account and a number hold however many ask at once', async () => {
    const { calls } = await begin({ limits: { enabled: true, dailyPerAccount: 10, dailyPerDestination: 3 } })
    const id = await account()
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, at) => calls.place(id, { callId: `c${at}`, to: numberOf(at), message: 'm' })),
    )
    expect(results.filter((one) => one.status === 'fulfilled').length).toBe(10)
    const refused = results.find((one) => one.status === 'rejected')
    expect(refused).toMatchObject({ reason: { code: 'calls.account-limit' } })
    const others = await Promise.allSettled(
      Array.from({ length: 6 }, async () =>
        calls.place(await account(), { callId: 'x', to: numberOf(500), message: 'm' }),
      ),
    )
    expect(others.filter((one) => one.status === 'fulfilled').length).toBe(3)
    time += 24 * 60 * 60_000 + 1
    await calls.place(id, { callId: 'tomorrow', to: numberOf(0), message: 'm' })
  })

  test('the same callId asked for many times at once is one call', async () => {
    const { calls } = await begin()
    const id = await account()
    const all = await Promise.all(
      Array.from({ length: 10 }, () => calls.place(id, { callId: 'once', to: numberOf(1), message: 'm' })),
    )
    expect(new Set(all.map((call) => call.id)).size).toBe(1)
  })

  test('in quiet hours a call waits for the morning there, and says so', async () => {
    const { calls, carrier } = await begin({ limits: { quietFrom: 21, quietUntil: 9 } })
    const id = await account()
    // Half past ten in the evening in Taipei.
    time = Date.UTC(2026, 10, 22, 14, 30)
    const call = await calls.place(id, { callId: 'late', to: numberOf(1), message: 'm' })
    expect(call).toMatchObject({ status: 'queued', reason: 'quiet_hours' })
    expect(call.dueAt.toISOString()).toBe('2026-11-23T01:00:00.000Z')
    time = Date.UTC(2026, 10, 23, 1, 0, 1)
    await expect.poll(() => carrier.calls.length, { timeout: 5_000 }).toBe(1)
  })

  test('without a carrier a call fails at once, at night too, and counts against no number', async () => {
    const limits = { quietFrom: 21, quietUntil: 9, dailyPerDestination: 1 }
    const { calls, ended } = await begin({ limits, hasCarrier: false })
    time = Date.UTC(2026, 10, 23, 14, 30)
    for (const callId of ['one', 'two']) {
      const id = await account()
      expect(await calls.place(id, { callId, to: numberOf(1), message: 'm' })).toMatchObject({
        status: 'queued',
        reason: null,
      })
      await expect.poll(() => status(calls, id, callId)).toBe('failed')
      expect(await calls.get(id, callId)).toMatchObject({ reason: 'no_carrier' })
    }
    expect(ended).toEqual(['one', 'two'])
  })

  test('a number that asked not to be called is not, even if it asked after the call was queued', async () => {
    const { calls, carrier, neverCall } = await begin({ limits: { activePerAccount: 1 } })
    const id = await account()
    await neverCall.add({ number: numberOf(9), reason: 'asked', by: id })
    await expect(calls.place(id, { callId: 'no', to: numberOf(9), message: 'm' })).rejects.toMatchObject({
      code: 'calls.never-call',
    })
    await calls.place(id, { callId: 'first', to: numberOf(1), message: 'm' })
    await calls.place(id, { callId: 'second', to: numberOf(2), message: 'm' })
    await expect.poll(() => carrier.calls.length).toBe(1)
    await neverCall.add({ number: numberOf(2), reason: 'asked', by: id })
    carrier.calls[0]?.tell({ type: 'ended', outcome: 'completed' })
    await expect.poll(() => status(calls, id, 'second')).toBe('failed')
    expect(await calls.get(id, 'second')).toMatchObject({ reason: 'never_call' })
    expect(carrier.calls.length).toBe(1)
  })
})
