import type { CallOutcome, Carrier, CarrierEvent, OutgoingCall, PlacedCall } from '#domains/calls/ports.ts'
import { Fault } from '#kernel/fault.ts'
import { randomToken } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { isSigned } from './signature.ts'
import { writeWav } from './wav-file.ts'

export interface TwilioSettings {
  readonly apiUrl: string
  readonly accountSid: string
  readonly authToken: string
  /** Our number there. */
  readonly from: string
  /** Where Twilio reaches us, e.g. `https://confab.example.com`. */
  readonly publicUrl: string
}

/** Calls over Twilio's REST API, and what Twilio asks and tells us meanwhile. */
export interface TwilioCarrier extends Carrier {
  /** The sound of a call, as Twilio fetches it; undefined for one that is none. */
  sound(token: string): Buffer | undefined
  /**
   * A status callback. `path` is what it was posted to.
   * @throws Fault `twilio.unsigned`
   */
  callback(path: string, signature: string | undefined, fields: Readonly<Record<string, string>>): void
}

/** Where the webhooks are mounted; the token names the call, and is known to Twilio alone. */
export const TWILIO_PATHS = { sound: '/api/twilio/sound', status: '/api/twilio/status' } as const

interface Running {
  readonly wav: Buffer
  readonly tell: (event: CarrierEvent) => void
  sid: string | undefined
  wantsEnd: boolean
  isOver: boolean
  /** Asks Twilio how the call stands where no callback comes. */
  watch: NodeJS.Timeout | undefined
  deadline: number
}

const REQUEST_MS = 15_000
/** Callbacks are the rule; this is for those that are lost. */
const WATCH_MS = 15_000
const GRACE_MS = 60_000
const API_VERSION = '2010-04-01'

/** Twilio's call states, in our words (its Voice API, "Call status values"). */
const ENDS: Readonly<Record<string, { outcome: CallOutcome; reason?: string }>> = {
  completed: { outcome: 'completed' },
  busy: { outcome: 'busy' },
  'no-answer': { outcome: 'no_answer' },
  canceled: { outcome: 'canceled' },
  failed: { outcome: 'failed', reason: 'refused' },
}

/** A carrier over Twilio. */
export function createTwilioCarrier(settings: TwilioSettings, { log }: { log: Log }): TwilioCarrier {
  const { apiUrl, accountSid, authToken, from, publicUrl } = settings
  const running = new Map<string, Running>()
  const callsUrl = `${apiUrl}/${API_VERSION}/Accounts/${accountSid}/Calls`
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`

  const request = async (url: string, form?: URLSearchParams): Promise<Record<string, unknown>> => {
    const response = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: { authorization },
      ...(form !== undefined && { body: form }),
      signal: AbortSignal.timeout(REQUEST_MS),
    })
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
    if (response.ok) return body
    const said = `${response.status} ${JSON.stringify(body).slice(0, 300)}`
    throw new Fault('unavailable', reasonOf(response.status, body['code']), `Twilio answers: ${said}`)
  }

  const settle = (token: string, status: string, sipCode: number | undefined, byTwilio?: string): void => {
    const one = running.get(token)
    if (one === undefined || one.isOver) return
    const code = sipCode === undefined ? {} : { code: sipCode }
    if (status === 'ringing') return one.tell({ type: 'ringing', ...code })
    if (status === 'in-progress' || status === 'answered') return one.tell({ type: 'answered', ...code })
    const end = ENDS[status]
    if (end === undefined) return
    one.isOver = true
    clearTimeout(one.watch)
    running.delete(token)
    const reason = byTwilio ?? end.reason
    one.tell({ type: 'ended', outcome: end.outcome, ...(reason !== undefined && { reason }), ...code })
  }

  /** Looks after a call whose callbacks do not come. */
  const watch = (token: string, one: Running): void => {
    one.watch = setTimeout(() => {
      if (one.isOver || one.sid === undefined) return
      request(`${callsUrl}/${one.sid}.json`)
        .then((body) => settle(token, String(body['status']), undefined))
        .catch((error: unknown) => log.debug({ err: error }, 'Twilio did not say how a call stands'))
        .finally(() => {
          if (one.isOver) return
          if (Date.now() > one.deadline) settle(token, 'failed', undefined, 'lost')
          else watch(token, one)
        })
    }, WATCH_MS)
  }

  /** Twilio knows two ends: a call that rings is cancelled, one that is spoken on is completed; the latter does both. */
  const end = async (one: Running): Promise<void> => {
    one.wantsEnd = true
    if (one.sid === undefined) return
    try {
      await request(`${callsUrl}/${one.sid}.json`, new URLSearchParams({ Status: 'completed' }))
    } catch (error) {
      log.warn({ err: error }, 'a call at Twilio could not be ended')
    }
  }

  return {
    name: 'twilio',
    sound: (token) => running.get(token)?.wav,

    callback: (path, signature, fields) => {
      if (!isSigned(signature, authToken, publicUrl + path, fields)) {
        throw new Fault('forbidden', 'twilio.unsigned', 'This does not come from Twilio')
      }
      const token = path.slice(path.lastIndexOf('/') + 1)
      const sipCode = Number(fields['SipResponseCode'])
      settle(token, fields['CallStatus'] ?? '', sipCode >= 100 && sipCode < 700 ? sipCode : undefined)
    },

    place: async (call, onEvent) => {
      const token = randomToken(32)
      const one: Running = {
        wav: writeWav(call.sound),
        tell: once(onEvent),
        sid: undefined,
        wantsEnd: false,
        isOver: false,
        watch: undefined,
        deadline: Date.now() + call.ringMs + call.talkMs + GRACE_MS,
      }
      running.set(token, one)
      try {
        const body = await request(`${callsUrl}.json`, formOf(call, { from, publicUrl, token }))
        one.sid = String(body['sid'])
      } catch (error) {
        running.delete(token)
        if (error instanceof Fault) throw error
        throw new Fault('unavailable', 'unreachable', 'Twilio cannot be reached', { cause: error })
      }
      watch(token, one)
      if (one.wantsEnd) void end(one)
      const placed: PlacedCall = { ref: one.sid, hangup: () => void end(one) }
      return placed
    },

    stop: async () => {
      const all = [...running.entries()]
      await Promise.all(all.map(([, one]) => end(one)))
      for (const [token, one] of all) {
        clearTimeout(one.watch)
        settle(token, 'canceled', undefined)
      }
    },
  }
}

/** What to dial, what to play, and whom to tell. */
function formOf(call: OutgoingCall, at: { from: string; publicUrl: string; token: string }): URLSearchParams {
  const sound = `${at.publicUrl}${TWILIO_PATHS.sound}/${at.token}.wav`
  const form = new URLSearchParams({
    To: call.to,
    From: at.from,
    Twiml: `<?xml version="1.0" encoding="UTF-8"?><Response><Play>${sound}</Play><Hangup/></Response>`,
    StatusCallback: `${at.publicUrl}${TWILIO_PATHS.status}/${at.token}`,
    StatusCallbackMethod: 'POST',
    Timeout: String(Math.round(call.ringMs / 1000)),
    TimeLimit: String(Math.round(call.talkMs / 1000)),
  })
  for (const event of ['initiated', 'ringing', 'answered', 'completed']) form.append('StatusCallbackEvent', event)
  // A second's pause is two of Twilio's half seconds.
  if (call.keys !== undefined) form.set('SendDigits', call.keys.replaceAll(',', 'ww'))
  return form
}

/** Each state once, in whatever order and number the callbacks come; nothing after the end. */
function once(onEvent: (event: CarrierEvent) => void): (event: CarrierEvent) => void {
  const told = new Set<string>()
  return (event) => {
    if (told.has(event.type) || told.has('ended') || (event.type === 'ringing' && told.has('answered'))) return
    told.add(event.type)
    onEvent(event)
  }
}

/** Twilio's error codes that have a reason of their own (its error dictionary). */
function reasonOf(status: number, code: unknown): string {
  if (status === 401) return 'unauthorized'
  if (code === 21_211 || code === 21_217 || code === 21_401) return 'unknown_number'
  if (code === 21_215 || code === 21_216) return 'forbidden'
  return status === 429 ? 'too_many_calls' : 'refused'
}
