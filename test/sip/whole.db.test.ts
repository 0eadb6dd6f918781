import { afterEach, expect, test } from 'vitest'
import { startTestApp } from '#test/support/app.ts'
import { connectCalls } from '#test/support/call-client.ts'
import { openRtpPeer } from './support/rtp-peer.ts'
import { answers } from './support/scenarios.ts'
import { startSipp } from './support/sipp.ts'

// From the frame of document 1 to the telephone and back: the whole product, espeak-ng's voice, sipp at the other end.
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})

test('an agent asks for a call, and the message is spoken twice', { timeout: 90_000 }, async () => {
  const rtp = await openRtpPeer()
  cleanups.push(() => rtp.close())
  const other = await startSipp(answers(rtp.port))
  cleanups.push(() => other.stop())
  const app = await startTestApp({
    listen: true,
    env: {
      CONFAB_SIP_SERVER: other.address,
      CONFAB_SIP_HOST: '127.0.0.1',
      CONFAB_CALLS_QUIET_FROM: '0',
      CONFAB_CALLS_QUIET_UNTIL: '0',
    },
  })
  cleanups.push(() => app.close())
  const payload = { email: 'agent@example.com', password: 'password123' }
  const registered = await app.http.inject({ method: 'POST', url: '/api/auth/register', payload })
  const { token } = registered.json<{ token: string }>()
  const client = await connectCalls(`${app.url.replace('http', 'ws')}/ws?token=${token}`)
  client.send({ type: 'call', callId: 'call-123', to: '+886912345678', message: '您好' })
  await client.waitFor('call_ack')
  await client.waitFor('call_status', ({ status }) => status === 'ringing')
  await client.waitFor('call_status', ({ status }) => status === 'in_progress')
  const end = await client.waitFor('call_status', ({ status }) => status === 'completed')
  await client.close()
  expect((await other.verdict).ok).toBe(true)
  const order = client.frames.flatMap((frame) => (frame.type === 'call_status' ? [frame.status] : []))
  expect(order).toEqual(['dialing', 'ringing', 'in_progress', 'completed'])
  expect(end.sipCode).toBe(200)
  expect(end.transcript).toBe('> 您好')
  expect(end.durationMs).toBeGreaterThan(2_500)

  const heard = rtp.samples()
  expect(heard.subarray(0, 4_800).every((sample) => Math.abs(sample) < 100)).toBe(true)
  const isLoud = (from: number, to: number): boolean =>
    heard.subarray(from, to).some((sample) => Math.abs(sample) > 3_000)
  expect(isLoud(4_800, heard.length / 2)).toBe(true)
  expect(isLoud(heard.length / 2, heard.length)).toBe(true)
})
