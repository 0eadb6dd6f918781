import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFakeTwilio } from '#test/fakes/twilio.ts'
import type { FakeTwilio, FakeTwilioCall } from '#test/fakes/twilio.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { connectCalls } from '#test/support/call-client.ts'
import type { CallClient } from '#test/support/call-client.ts'
import { freePort } from '#test/sip/support/sipp.ts'

// The whole way from a frame to a carrier and back, with Twilio at the other end.
let twilio: FakeTwilio
let app: TestApp
let client: CallClient
let token: string

beforeAll(async () => {
  twilio = await startFakeTwilio()
  const port = await freePort('tcp')
  app = await startTestApp({
    env: {
      CONFAB_PUBLIC_URL: `http://127.0.0.1:${port}`,
      CONFAB_TWILIO_API_URL: twilio.url,
      CONFAB_TWILIO_ACCOUNT_SID: twilio.accountSid,
      CONFAB_TWILIO_AUTH_TOKEN: twilio.authToken,
      CONFAB_TWILIO_FROM: '+886223456789',
      CONFAB_CALLS_QUIET_FROM: '0',
      CONFAB_CALLS_QUIET_UNTIL: '0',
      CONFAB_CALLS_RETRY_SECONDS: '0',
      CONFAB_CALLS_DAILY_PER_DESTINATION: '100',
    },
  })
  await app.http.listen({ host: '127.0.0.1', port })
  const payload = { email: 'caller@example.com', password: 'password123' }
  const answer = await app.http.inject({ method: 'POST', url: '/api/auth/register', payload })
  token = answer.json<{ token: string }>().token
  await app.http.inject({
    method: 'PUT',
    url: '/api/user/matrix',
    headers: { authorization: `Bearer ${token}` },
    payload: { matrixId: '@user:matrix.example.com' },
  })
  client = await connectCalls(`ws://127.0.0.1:${port}/ws?token=${token}`)
})
afterAll(async () => {
  await client.close()
  await app.close()
  await twilio.close()
})

let next = 0

/** Asks for a call and waits until Twilio has it. */
async function ask(more: object = {}): Promise<{ callId: string; call: FakeTwilioCall }> {
  const callId = `call-${next++}`
  const before = twilio.calls.length
  client.send({ type: 'call', callId, to: '+886912345678', message: '您好,幫我預約明天門診', ...more })
  await expect.poll(() => twilio.calls.length).toBe(before + 1)
  return { callId, call: twilio.calls.at(-1) as FakeTwilioCall }
}

const status = (id: string, wanted: string, reason?: string) =>
  client.waitFor('call_status', (f) => f.callId === id && f.status === wanted && (!reason || f.reason === reason))

describe('a call over Twilio', () => {
  test('is dialled with our number and our sound, and told of step by step', async () => {
    const { callId, call } = await ask()
    expect(Object.fromEntries(call.form)).toMatchObject({ To: '+886912345678', From: '+886223456789', Timeout: '45' })
    expect(call.form.getAll('StatusCallbackEvent')).toEqual(['initiated', 'ringing', 'answered', 'completed'])
    await status(callId, 'dialing')
    await twilio.move(call.sid, 'ringing')
    await status(callId, 'ringing')
    expect(await twilio.move(call.sid, 'in-progress', { SipResponseCode: '200' })).toBe(204)
    await status(callId, 'in_progress')
    await twilio.move(call.sid, 'completed', { CallDuration: '9', SipResponseCode: '200' })
    const end = await status(callId, 'completed')
    expect(end.sipCode).toBe(200)
    expect(end.durationMs).toBeGreaterThanOrEqual(0)

    // 600 ms of silence, the message, a pause, the message again.
    const sound = call.sound as Buffer
    expect(sound.toString('latin1', 0, 4)).toBe('RIFF')
    const samples = new Int16Array(sound.buffer, sound.byteOffset + 44, (sound.length - 44) / 2)
    expect(samples.subarray(0, 4_800).every((sample) => sample === 0)).toBe(true)
    const length = (samples.length - 4_800 - 8_000 - 3_200) / 2
    expect(length).toBeGreaterThan(8_000)
    const first = samples.subarray(4_800, 4_800 + length)
    const second = samples.subarray(4_800 + length + 8_000, 4_800 + 2 * length + 8_000)
    expect(Buffer.compare(Buffer.from(first), Buffer.from(second))).toBe(0)
    expect(first.some((sample) => Math.abs(sample) > 5_000)).toBe(true)
  })

  test('tells its end to the Matrix ID and the web app, once', async () => {
    const [row] = await app.db.query<{ count: number; recipient: string }>(
      `SELECT count(*) AS count, min(recipient) AS recipient FROM deliveries WHERE service = 'matrix'`,
    )
    expect(row).toEqual({ count: 1, recipient: '@user:matrix.example.com' })
    const [notice] = await app.db.query<{ title: string; body: string }>(
      `SELECT title, body FROM notifications WHERE kind = 'calls.call.ended'`,
    )
    expect(notice?.title).toBe('給 +886912345678 的電話：已完成')
    expect(notice?.body).toContain('內容：您好,幫我預約明天門診')
  })

  test('that is busy is tried again twice, and then is busy', async () => {
    const { callId, call } = await ask({ to: '+886912345679' })
    const first = twilio.calls.length
    await twilio.move(call.sid, 'busy', { SipResponseCode: '486' })
    await status(callId, 'queued', 'busy')
    for (const again of [1, 2]) {
      await expect.poll(() => twilio.calls.length, { timeout: 10_000 }).toBe(first + again)
      await expect.poll(() => twilio.move(twilio.calls.at(-1)?.sid ?? '', 'busy', { SipResponseCode: '486' })).toBe(204)
    }
    expect(await status(callId, 'busy')).toMatchObject({ sipCode: 486 })
    const answer = await app.http.inject({
      url: `/api/calls/${callId}`,
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.json()).toMatchObject({ status: 'busy', attempts: 3 })
  })

  test('is ended when its account cancels it', async () => {
    const { callId, call } = await ask({ to: '+886912345670' })
    await twilio.move(call.sid, 'in-progress')
    await status(callId, 'in_progress')
    client.send({ type: 'cancel', callId })
    expect(await status(callId, 'canceled')).toMatchObject({ reason: 'by_caller' })
    await expect.poll(() => call.status).toBe('completed')
  })

  test('that Twilio refuses fails with a reason', async () => {
    twilio.refuseNext(400, 21_211, "The 'To' number is not a valid phone number.")
    client.send({ type: 'call', callId: 'refused', to: '+886912345671', message: 'x' })
    expect(await status('refused', 'failed')).toMatchObject({ reason: 'unknown_number' })
  })

  test('is not moved by a callback that is not signed, or of no call', async () => {
    const { callId, call } = await ask({ to: '+886912345672' })
    expect(await twilio.post(call.sid, 'completed', 'Zm9yZ2Vk')).toBe(403)
    expect(await twilio.post(call.sid, 'completed', '')).toBe(403)
    const stray = await app.http.inject({ method: 'POST', url: '/api/twilio/status/unknown', payload: {} })
    expect(stray.statusCode).toBe(403)
    expect((await app.http.inject({ url: '/api/twilio/sound/unknown.wav' })).statusCode).toBe(404)
    expect(client.frames.some((f) => f.type === 'call_status' && f.callId === callId && f.status === 'completed')).toBe(
      false,
    )
    await twilio.move(call.sid, 'completed')
    await status(callId, 'completed')
  })
})
