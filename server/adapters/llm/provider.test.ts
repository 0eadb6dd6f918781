import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ProviderRefusal, openProvider } from './provider.ts'

let server: Server
let url: string
let answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>
const seen: { path: string; method: string; key: string | undefined; body: string }[] = []

beforeEach(async () => {
  seen.length = 0
  server = createServer((request, response) => {
    const see = async (): Promise<void> => {
      const { url: path = '', method = '', headers } = request
      seen.push({ path, method, key: headers.authorization, body: await text(request) })
      await answer(request, response)
    }
    void see()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const chunk = (content: string): string => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
const contents = async (chunks: AsyncIterable<{ choices?: readonly { delta?: { content?: unknown } }[] }>) => {
  const found: unknown[] = []
  for await (const one of chunks) found.push(one.choices?.[0]?.delta?.content)
  return found
}

describe('a provider', () => {
  it('is asked where its address says, query and all, and answers chunk by chunk however they are cut', async () => {
    answer = async (_request, response) => {
      const bytes = Buffer.from(`: hello\n\n${chunk('會')}${chunk('議')}data: [DONE]\n\n`)
      for (const byte of bytes) await new Promise<void>((done) => response.write(Buffer.of(byte), () => done()))
      response.end()
    }
    const provider = openProvider({ url: `${url}/v1/?version=3`, key: 'secret' })
    expect(await contents(provider.stream('/chat', { model: 'm' }))).toEqual(['會', '議'])
    expect(seen).toEqual([{ path: '/v1/chat?version=3', method: 'POST', key: 'Bearer secret', body: '{"model":"m"}' }])
  })

  it('without a key is sent none', async () => {
    answer = (_request, response) => void response.end('{"data":[]}')
    expect(await openProvider({ url, key: undefined }).read('/models', AbortSignal.timeout(5_000))).toEqual({
      data: [],
    })
    expect(seen).toEqual([{ path: '/models', method: 'GET', key: undefined, body: '' }])
  })

  it('that refuses is told by its status, with its word for how long to wait', async () => {
    answer = (_request, response) => void response.writeHead(429, { 'retry-after': '7' }).end('{"error":"slow down"}')
    const refusal: unknown = await openProvider({ url, key: 'k' })
      .stream('/chat', {})
      .next()
      .catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ProviderRefusal)
    const { status, retryAfter } = refusal as ProviderRefusal
    expect([status, retryAfter]).toEqual([429, 7])
    expect((refusal as ProviderRefusal).mentions('slow')).toBe(true)
    expect(JSON.stringify(refusal) + String(refusal)).not.toContain('slow')
    await expect(openProvider({ url, key: 'k' }).read('/models', AbortSignal.timeout(5_000))).rejects.toThrow('429')
  })

  it('is followed with the question to where it has moved, and not in a circle', async () => {
    answer = ({ url: path }, response) => {
      if (path === '/chat') response.writeHead(308, { location: '/here' }).end()
      else if (path === '/round') response.writeHead(307, { location: '/round' }).end()
      else response.end(chunk('here'))
    }
    const provider = openProvider({ url, key: 'k' })
    expect(await contents(provider.stream('/chat', { a: 1 }))).toEqual(['here'])
    expect(seen.map((one) => [one.path, one.body])).toEqual([
      ['/chat', '{"a":1}'],
      ['/here', '{"a":1}'],
    ])
    await expect(contents(provider.stream('/round', {}))).rejects.toThrow()
    expect(seen.length).toBeLessThan(10)
  })

  it('that nobody listens to any more is hung up on, whether it has begun or not', async () => {
    const gone: Promise<unknown>[] = []
    answer = (_request, response) => {
      gone.push(once(response, 'close'))
      if (seen.length === 1) response.write(chunk('one'))
    }
    const provider = openProvider({ url, key: 'k' })
    for await (const _one of provider.stream('/chat', {})) break
    await gone[0]
    const silent = provider.stream('/chat', {})
    const waiting = silent.next()
    await expect.poll(() => seen.length).toBe(2)
    await silent.return?.()
    expect(await waiting).toMatchObject({ done: true })
    await gone[1]
    // Left before anything was sent: the request that waits for its connection ends too.
    const early = openProvider({ url, key: 'k' }).stream('/chat', {})
    await early.return?.()
    expect(await early.next()).toMatchObject({ done: true })
  })

  it('that says it is over and stays is hung up on', async () => {
    const closed = Promise.withResolvers<void>()
    answer = (_request, response) => {
      response.on('close', closed.resolve)
      response.write(`${chunk('one')}data: [DONE]\n\n`)
    }
    expect(await contents(openProvider({ url, key: 'k' }).stream('/chat', {}))).toEqual(['one'])
    await closed.promise
  })

  it.each(['data: {{{\n\n', 'data: null\n\n', 'data: {"error":{"message":"no"}}\n\n'])(
    'that says %j in the middle of an answer has failed, and is hung up on',
    async (nonsense) => {
      const closed = Promise.withResolvers<void>()
      answer = (_request, response) => {
        response.on('close', closed.resolve)
        response.write(chunk('half') + nonsense)
      }
      const chunks = openProvider({ url, key: 'k' }).stream('/chat', {})
      expect(await chunks.next()).toMatchObject({ done: false })
      await expect(chunks.next()).rejects.toThrow('no chunk')
      await closed.promise
    },
  )

  it('is read no faster than its answer is taken', async () => {
    const pieces = 20_000
    let sent = 0
    answer = async (_request, response) => {
      for (; sent < pieces; sent++) {
        if (!response.write(chunk('x'.repeat(1_000)))) await once(response, 'drain')
      }
      response.end()
    }
    const chunks = openProvider({ url, key: 'k' }).stream('/chat', {})
    await chunks.next()
    // What sockets and the queue hold is there, and the rest waits at the provider.
    let before = -1
    const isStill = (): boolean => sent > 1_000 && sent === before
    await expect
      .poll(
        () => {
          const still = isStill()
          before = sent
          return still
        },
        { interval: 200, timeout: 10_000 },
      )
      .toBe(true)
    expect(sent).toBeLessThan(pieces)
    expect(await contents(chunks)).toHaveLength(pieces - 1)
  })
})
