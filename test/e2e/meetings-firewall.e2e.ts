import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { openFirewalledNetwork } from '#test/support/firewalled-network.ts'
import { startServer } from '#test/support/server.ts'
import { startTurnServer } from '#test/support/turn-server.ts'
import { call, signIn, signUp } from './support/accounts.ts'
import { CHROMIUM, openBrowser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { goIn, moves, until, watchConnections } from './support/room.ts'
import { RELAY_ONLY, sendingFrom } from './support/sending.ts'

// One browser in a network of its own that lets no UDP out, the other beside the server.

const network = await openFirewalledNetwork()
const reason = typeof network === 'string' ? network : ''

afterAll(async () => {
  if (typeof network !== 'string') await network.close()
})

const SEND_UDP = `
  const socket = require('node:dgram').createSocket('udp4')
  socket.send('x', Number(process.argv[1]), process.argv[2], (error) => {
    console.log(error ? 'refused' : 'sent')
    socket.close()
  })`

test.skipIf(reason !== '').each([
  ['by TURN over TCP', true],
  ['by ICE over TCP', false],
] as const)(
  `behind a firewall without UDP, media comes through %s${reason && ` (${reason})`}`,
  { timeout: 180_000 },
  async (_, relayed) => {
    if (typeof network === 'string') return
    const host = network.hostAddress

    // What the test stands on: a datagram does not get out.
    const listener = createSocket('udp4')
    listener.bind(0, host)
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    expect((await network.exec(process.execPath, ['-e', SEND_UDP, String(port), host])).trim()).toBe('refused')
    listener.close()

    await builtWeb()
    const turn = await startTurnServer({ host })
    onTestFinished(() => turn.stop())
    const server = await startServer({
      env: {
        CONFAB_HOST: '0.0.0.0',
        ...(relayed && {
          CONFAB_TURN_URLS: `turn:${host}:${turn.port}?transport=tcp`,
          CONFAB_TURN_SECRET: turn.secret,
        }),
      },
    })
    onTestFinished(() => server.stop())
    const beside = `http://127.0.0.1:${server.port}`
    const outside = `http://${host}:${server.port}`
    const [first, second] = [await signUp(beside, 'yijun', '林怡君'), await signUp(beside, 'zhiyuan', '歐陽致遠')]
    const near = await openBrowser()
    onTestFinished(() => near.close())
    const far = await openBrowser({
      executable: await network.wrap(CHROMIUM),
      // A camera needs a secure page; on a real network that is HTTPS.
      args: [`--unsafely-treat-insecure-origin-as-secure=${outside}`],
    })
    onTestFinished(() => far.close())
    for (const browser of [near, far]) await watchConnections(browser)
    if (relayed) await far.context.addInitScript({ content: RELAY_ONLY })
    await signIn(near, beside, first)
    await signIn(far, outside, second)

    const now = Date.now()
    const { meeting_id: id } = await call<{ meeting_id: number }>(
      beside,
      'POST',
      '/api/v1/meetings',
      {
        title: '隔著防火牆',
        start_time: new Date(now).toISOString(),
        end_time: new Date(now + 3_600_000).toISOString(),
      },
      first.tokens.access_token,
    )
    await goIn(near.page, beside, id)
    await goIn(far.page, outside, id)
    expect((await moves(far.page, first.userId)).width).toBeGreaterThan(0)
    expect((await moves(near.page, second.userId)).width).toBeGreaterThan(0)
    const paths = await until(
      () => sendingFrom(far.page),
      (found) => found.length === 2 && found.every((path) => path.candidateType !== undefined),
    )
    for (const path of paths) {
      expect(path).toMatchObject(relayed ? { candidateType: 'relay', relayProtocol: 'tcp' } : { protocol: 'tcp' })
    }
  },
)
