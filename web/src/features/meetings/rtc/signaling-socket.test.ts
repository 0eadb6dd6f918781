import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CLOSE } from '#contracts/schemas/signaling.ts'
import { backoff } from './backoff.ts'
import { SignalingSocket, type SocketOptions } from './signaling-socket.ts'

class FakeSocket extends EventTarget {
  static made: FakeSocket[] = []
  readyState = 0
  readonly sent: string[] = []
  readonly url: string
  readonly protocols: string[]

  constructor(url: string, protocols: string[]) {
    super()
    this.url = url
    this.protocols = protocols
    FakeSocket.made.push(this)
  }

  send(text: string): void {
    this.sent.push(text)
  }

  close(): void {
    this.readyState = 3
  }

  opens(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  says(frame: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(frame) }))
  }

  breaks(code: number): void {
    this.readyState = 3
    this.dispatchEvent(Object.assign(new Event('close'), { code }))
  }
}

function socketWith(options: Partial<SocketOptions> = {}) {
  FakeSocket.made = []
  const told: string[] = []
  const socket = new SignalingSocket({
    prepare: async () => 'ws://here/ws',
    token: async (stale) => (stale ? 'fresh' : 'token'),
    isFinal: (error) => error instanceof RangeError,
    onOpen: () => told.push('open'),
    onFrame: (frame) => told.push(`frame ${frame.type}`),
    onDown: (code) => told.push(`down ${code}`),
    onUnknown: () => told.push('unknown'),
    onEnd: (end) => told.push(`end ${end}`),
    onFailed: (error) => told.push(`failed ${String(error)}`),
    createSocket: (url, protocols) => new FakeSocket(url, protocols) as unknown as WebSocket,
    ...options,
  })
  const made = async (count: number): Promise<FakeSocket> => {
    await vi.waitFor(() => expect(FakeSocket.made).toHaveLength(count))
    const last = FakeSocket.made.at(-1)
    if (!last) throw new Error('none')
    return last
  }
  return { socket, told, made }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the token goes as a subprotocol, never in the address', async () => {
  const { socket, made } = socketWith()
  socket.open()
  const first = await made(1)
  expect(first.protocols).toEqual(['bearer', 'token'])
  expect(first.url).not.toContain('token')
  socket.close()
})

test('a lost connection is sought again, and told once', async () => {
  const { socket, told, made } = socketWith()
  socket.open()
  const first = await made(1)
  first.opens()
  first.breaks(1006)
  await vi.advanceTimersByTimeAsync(400)
  const second = await made(2)
  second.breaks(1006)
  await vi.advanceTimersByTimeAsync(700)
  const third = await made(3)
  third.opens()
  expect(told).toEqual(['open', 'down 1006', 'open'])
  socket.close()
})

test.each([
  [CLOSE.ended, 'ended'],
  [CLOSE.replaced, 'replaced'],
  [CLOSE.removed, 'removed'],
] as const)('closed with %i it stays closed: %s', async (code, end) => {
  const { socket, told, made } = socketWith()
  socket.open()
  const first = await made(1)
  first.opens()
  first.breaks(code)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(told).toEqual(['open', `end ${end}`])
  expect(FakeSocket.made).toHaveLength(1)
})

test('a refused token is renewed; when that does not help, it says so', async () => {
  const { socket, told, made } = socketWith()
  socket.open()
  for (let round = 1; round <= 3; round++) {
    const each = await made(round)
    expect(each.protocols[1]).toBe(round === 1 ? 'token' : 'fresh')
    each.breaks(CLOSE.unauthorized)
    await vi.advanceTimersByTimeAsync(5000)
  }
  expect(told.at(-1)).toBe('end unauthorized')
})

test('a connection that has gone silent is given up', async () => {
  const { socket, told, made } = socketWith()
  socket.open()
  const first = await made(1)
  first.opens()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(JSON.parse(first.sent.at(-1) ?? '')).toMatchObject({ type: 'ping' })
  first.says({ type: 'pong', from: 0, meeting_id: 1, data: {} })
  await vi.advanceTimersByTimeAsync(9_000)
  expect(told).not.toContain('down 1006')
  await vi.advanceTimersByTimeAsync(8_000)
  expect(told).toContain('down 1006')
  socket.close()
})

test('what asking again will not mend is told and ends it; anything else is tried again', async () => {
  let mood: Error = new Error('no network')
  const { socket, told } = socketWith({ prepare: () => Promise.reject(mood) })
  socket.open()
  await vi.advanceTimersByTimeAsync(3000)
  expect(told).toEqual([])
  mood = new RangeError('full')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(told).toEqual(['failed RangeError: full'])
})

test('what is no frame is let be', async () => {
  const { socket, told, made } = socketWith()
  socket.open()
  const first = await made(1)
  first.opens()
  for (const text of ['', 'null', '[]', '{"type":1}', '{"type":"x"}']) {
    first.dispatchEvent(Object.assign(new Event('message'), { data: text }))
  }
  expect(told).toEqual(['open'])
  socket.close()
})

test('pauses grow to five seconds and are never the same for all', () => {
  expect(backoff(0, () => 0)).toBe(150)
  expect(backoff(0, () => 1)).toBe(300)
  expect(backoff(20, () => 1)).toBe(5000)
})
