import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createConnection } from './connection.ts'
import type { ConnectionInternals } from './connection.ts'
import { frameOf } from './outgoing.ts'

const http = createServer()
const upgrader = new WebSocketServer({ noServer: true, perMessageDeflate: false })
let url = ''

beforeAll(async () => {
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
})
afterAll(() => http.close())

async function pair(): Promise<{ client: WebSocket; connection: ConnectionInternals }> {
  const upgraded = new Promise<ConnectionInternals>((resolve) => {
    http.once('upgrade', (request, stream, head) => {
      upgrader.handleUpgrade(request, stream, head, (socket) => {
        const how = { id: '1', principal: null as never, onDropped: () => {}, onGone: () => {} }
        resolve(createConnection(socket, stream, how))
      })
    })
  })
  const client = new WebSocket(url)
  await once(client, 'open')
  return { client, connection: await upgraded }
}

test('bytes and texts arrive whole, of every length, in the order they were sent', async () => {
  const { client, connection } = await pair()
  const sent = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000].flatMap((length) => [
    '會'.repeat(length),
    `text ${length}`,
  ])
  const heard: string[] = []
  const all = new Promise<void>((resolve) => {
    client.on('message', (data: Buffer, isBinary) => {
      expect(isBinary).toBe(false)
      if (heard.push(data.toString('utf8')) === sent.length) resolve()
    })
  })
  for (const [at, text] of sent.entries()) connection.send(at % 2 === 0 ? Buffer.from(text) : text)
  await all
  expect(heard).toEqual(sent)
  connection.close(4002, 'left')
  const [code] = (await once(client, 'close')) as [number]
  expect(code).toBe(4002)
  await connection.gone
})

test('what many are sent is framed once', () => {
  const payload = Buffer.from('to everybody')
  expect(frameOf(payload)).toBe(frameOf(payload))
  expect(frameOf(Buffer.from('to others')).subarray(2).toString()).toBe('to others')
})
