import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call as Twilio has it. */
export interface FakeTwilioCall {
  readonly sid: string
  readonly form: URLSearchParams
  status: string
  /** What was fetched to be played. */
  sound: Buffer | undefined
}

/** Twilio's REST API for calls (version 2010-04-01), as far as its documentation goes: calls are placed, told of, ended. */
export interface FakeTwilio {
  readonly url: string
  readonly accountSid: string
  readonly authToken: string
  readonly calls: readonly FakeTwilioCall[]
  /** What is answered to the next call instead of taking it. */
  refuseNext(status: number, code: number, message: string): void
  /** Moves a call on and posts the callback, signed; answers its HTTP status. Playing is fetched when it is answered. */
  move(sid: string, status: string, extra?: Record<string, string>): Promise<number>
  /** As `move`, with a signature of one's own. */
  post(sid: string, status: string, signature: string): Promise<number>
  close(): Promise<void>
}

const FINAL = new Set(['completed', 'busy', 'no-answer', 'canceled', 'failed'])

export async function startFakeTwilio(): Promise<FakeTwilio> {
  const accountSid = `AC${randomBytes(16).toString('hex')}`
  const authToken = randomBytes(16).toString('hex')
  const calls: FakeTwilioCall[] = []
  let refusal: { status: number; code: number; message: string } | undefined
  const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const say = (status: number, body: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
      const fail = (status: number, code: number, message: string): void => say(status, { status, code, message })
      if (request.headers.authorization !== expected) return fail(401, 20_003, 'Authenticate')
      const path = new RegExp(`^/2010-04-01/Accounts/${accountSid}/Calls(?:/(CA[0-9a-f]{32}))?\\.json$`)
      const found = path.exec(request.url ?? '')
      if (found === null) return fail(404, 20_404, 'The requested resource was not found')
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      const known = calls.find((one) => one.sid === found[1])
      if (found[1] !== undefined && known === undefined) return fail(404, 20_404, 'not found')
      if (known !== undefined && request.method === 'GET') return say(200, { sid: known.sid, status: known.status })
      if (known !== undefined) {
        if (FINAL.has(known.status)) return fail(400, 21_220, 'Call is not in-progress. Cannot redirect.')
        const wasSpokenOn = known.status === 'in-progress'
        say(200, { sid: known.sid, status: known.status })
        return void move(known.sid, wasSpokenOn ? 'completed' : 'canceled')
      }
      if (refusal !== undefined) {
        const { status, code, message } = refusal
        refusal = undefined
        return fail(status, code, message)
      }
      for (const name of ['To', 'From'])
        if (!form.has(name)) return fail(400, 21_201, `No '${name}' number is specified`)
      const call = { sid: `CA${randomBytes(16).toString('hex')}`, form, status: 'queued', sound: undefined }
      calls.push(call)
      say(201, { sid: call.sid, status: call.status, to: form.get('To'), from: form.get('From') })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const callOf = (sid: string): FakeTwilioCall => {
    const call = calls.find((one) => one.sid === sid)
    if (call === undefined) throw new Error(`there is no call ${sid}`)
    return call
  }
  const fieldsOf = (call: FakeTwilioCall, extra: Record<string, string> = {}): Record<string, string> => ({
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    CallSid: call.sid,
    CallStatus: call.status,
    Direction: 'outbound-api',
    From: call.form.get('From') ?? '',
    To: call.form.get('To') ?? '',
    ...extra,
  })
  const send = async (call: FakeTwilioCall, fields: Record<string, string>, signature?: string): Promise<number> => {
    const url = call.form.get('StatusCallback') ?? ''
    const text = Object.keys(fields)
      .toSorted()
      .reduce((sum, name) => sum + name + (fields[name] ?? ''), url)
    const signed = signature ?? createHmac('sha1', authToken).update(text).digest('base64')
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'x-twilio-signature': signed },
      body: new URLSearchParams(fields),
    })
    await answer.arrayBuffer()
    return answer.status
  }
  const move: FakeTwilio['move'] = async (sid, status, extra) => {
    const call = callOf(sid)
    call.status = status
    if (status === 'in-progress') {
      const sound = /<Play>([^<]+)<\/Play>/.exec(call.form.get('Twiml') ?? '')?.[1]
      if (sound !== undefined) call.sound = Buffer.from(await (await fetch(sound)).arrayBuffer())
    }
    return send(call, fieldsOf(call, extra))
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accountSid,
    authToken,
    calls,
    refuseNext: (status, code, message) => (refusal = { status, code, message }),
    move,
    post: (sid, status, signature) => send(callOf(sid), { ...fieldsOf(callOf(sid)), CallStatus: status }, signature),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
