import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeGently, noteUnused } from './close-gently.ts'

let server: Server
const asked: ServerResponse[] = []
const sockets: Socket[] = []

beforeEach(async () => {
  asked.length = 0
  server = createServer((_request, response) => void asked.push(response))
  noteUnused(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server.closeAllConnections()
})

async function connected(text = ''): Promise<Socket> {
  const accepted = once(server, 'connection')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
  sockets.push(socket)
  await accepted
  socket.write(text)
  socket.resume()
  return socket
}
const close = (): Promise<void> => closeGently(server, () => new Promise<void>((done) => server.close(() => done())))

test('a connection on which nothing was asked, and one that fell idle, do not hold it up', async () => {
  await connected()
  const idle = await connected('GET / HTTP/1.1\r\nhost: here\r\n\r\n')
  await expect.poll(() => asked.length).toBe(1)
  asked[0]?.end('fine')
  await once(idle, 'data')
  await close()
  expect(server.listening).toBe(false)
})

test('what is under way is finished first', async () => {
  const busy = await connected('GET / HTTP/1.1\r\nhost: here\r\n\r\n')
  await expect.poll(() => asked.length).toBe(1)
  const closed = close()
  let text = ''
  busy.on('data', (bytes) => (text += String(bytes)))
  asked[0]?.end('whole')
  await closed
  await expect.poll(() => text).toContain('whole')
})
