import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { answerTo } from '#adapters/sip/answers.ts'
import { isResponse, parseMessage, writeMessage } from '#adapters/sip/message.ts'
import type { SipRequest } from '#adapters/sip/message.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'

/** `kill -9` of the server while somebody is on the line: the call is marked failed afterwards, and nobody is rung again. */
const line = createSocket('udp4')
/** Who was rung: the users of the INVITEs' addresses, repetitions left out. */
const rung: string[] = []
let dataDir: string
let running: RunningServer | undefined

beforeAll(async () => {
  const branches = new Set<string>()
  line.on('message', (bytes, from) => {
    if (bytes.length <= 4) return
    const request = parseMessage(bytes)
    if (isResponse(request) || request.method === 'ACK') return
    const via = request.headers.get('Via') ?? ''
    if (request.method === 'INVITE' && !branches.has(via)) {
      branches.add(via)
      rung.push(/^sip:(\+\d+)@/.exec(request.uri)?.[1] ?? '')
    }
    line.send(answer(request, from), from.port, from.address)
  })
  line.bind(0, '127.0.0.1')
  await once(line, 'listening')
})
afterAll(() => {
  line.close()
})
// Each try has an installation of its own.
beforeEach(async () => {
  rung.length = 0
  dataDir = await mkdtemp(join(tmpdir(), 'confab-call-kill-'))
})
afterEach(async () => {
  await running?.kill('SIGKILL')
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** Takes every call, and listens for ever. */
function answer(request: SipRequest, from: { address: string; port: number }): Buffer {
  const { port } = line.address()
  const sdp = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port + 1} RTP/AVP 0\r\n`
  const isInvite = request.method === 'INVITE'
  const headers: [string, string][] = [
    ['Contact', `<sip:there@127.0.0.1:${port}>`],
    ['Content-Type', 'application/sdp'],
  ]
  const taken = { status: 200, reason: 'OK', from, ...(isInvite && { headers, body: sdp }) }
  return writeMessage(answerTo(request, taken))
}

test('a call that was under way is failed after the restart, and not dialled again', { timeout: 240_000 }, async () => {
  const env = {
    CONFAB_SIP_SERVER: `127.0.0.1:${line.address().port}`,
    CONFAB_SIP_HOST: '127.0.0.1',
    CONFAB_CALLS_QUIET_FROM: '0',
    CONFAB_CALLS_QUIET_UNTIL: '0',
  }
  const ask = async <T>(path: string, token?: string, body?: object): Promise<T> => {
    const answered = await fetch(`${running?.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    return (await answered.json()) as T
  }
  const status = async (callId: string) => ask<{ status: string; reason: string | null }>(`/api/calls/${callId}`, token)
  const long = '這是一段很長的話。'.repeat(40)

  running = await startServer({ dataDir, env })
  const account = { email: 'agent@example.com', password: 'password123' }
  const { token } = await ask<{ token: string }>('/api/auth/register', undefined, account)
  await ask('/api/calls', token, { callId: 'live', to: '+886912345678', message: long })
  await vi.waitFor(async () => expect(await status('live')).toMatchObject({ status: 'in_progress' }), {
    timeout: 40_000,
  })
  await running.kill('SIGKILL')

  running = await startServer({ dataDir, env })
  await vi.waitFor(
    async () => expect(await status('live')).toMatchObject({ status: 'failed', reason: 'interrupted' }),
    { timeout: 40_000 },
  )
  // Whoever asks afterwards is served; the first number stays rung once.
  await ask('/api/calls', token, { callId: 'next', to: '+886912345679', message: long })
  await vi.waitFor(async () => expect(await status('next')).toMatchObject({ status: 'in_progress' }), {
    timeout: 40_000,
  })
  expect(rung).toEqual(['+886912345678', '+886912345679'])
})
