import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plainFetch } from './plain-fetch.ts'

let server: Server
let url: string
const seen: { path: string; method: string; key: string | undefined; body: string }[] = []

beforeEach(async () => {
  seen.length = 0
  server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const { url: path = '', method = '', headers } = request
      seen.push({ path, method, key: headers.authorization, body: await text(request) })
      if (path === '/silent') return
      if (path === '/moved') response.writeHead(308, { location: '/here' }).end()
      else if (path === '/round') response.writeHead(307, { location: '/round' }).end()
      else if (path === '/refused') response.writeHead(401, { 'x-request-id': 'r1' }).end('{"error":"no"}')
      else response.end('{"fine":true}')
    }
    void answer()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const post = { method: 'POST', headers: new Headers({ authorization: 'Bearer key' }), body: '{"a":1}' }

describe('the fetch of a language model’s client', () => {
  it('sends what is given and answers what came', async () => {
    const answer = await plainFetch(`${url}/here`, post)
    expect([answer.ok, answer.status, await answer.json()]).toEqual([true, 200, { fine: true }])
    expect(seen).toEqual([{ path: '/here', method: 'POST', key: 'Bearer key', body: '{"a":1}' }])
  })

  it('tells a refusal with its headers and text', async () => {
    const answer = await plainFetch(`${url}/refused`, post)
    expect([answer.ok, answer.status, answer.headers.get('x-request-id')]).toEqual([false, 401, 'r1'])
    expect(await answer.text()).toBe('{"error":"no"}')
  })

  it('follows a redirection with its body, and none that goes round', async () => {
    expect(await (await plainFetch(`${url}/moved`, post)).json()).toEqual({ fine: true })
    expect(seen.map((one) => [one.path, one.body])).toEqual([
      ['/moved', '{"a":1}'],
      ['/here', '{"a":1}'],
    ])
    await expect(plainFetch(`${url}/round`, post)).rejects.toThrow('Redirect loop')
  })

  it('ends when it is aborted', async () => {
    const controller = new AbortController()
    const asked = plainFetch(`${url}/silent`, { ...post, signal: controller.signal })
    await once(server, 'request')
    controller.abort()
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  })
})
