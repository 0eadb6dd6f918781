import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { isPublicAddress } from './outbound-address.ts'
import { checkOutbound, fetchOutbound } from './outbound-fetch.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const limits = { allowPrivate: true, mostBytes: 1000, timeoutMs: 10_000 }

async function fetched(url: string, more: Partial<typeof limits> = {}): Promise<string> {
  const to = new PassThrough()
  const [bytes] = await Promise.all([
    buffer(to).catch(() => Buffer.alloc(0)),
    fetchOutbound(url, to, { ...limits, ...more }),
  ])
  return bytes.toString()
}

describe('addresses', () => {
  test.each([
    ['93.184.216.34', true],
    ['2606:4700::1111', true],
    ['127.0.0.1', false],
    ['10.1.2.3', false],
    ['172.31.0.1', false],
    ['100.64.0.1', false],
    ['169.254.169.254', false],
    ['0.0.0.0', false],
    ['255.255.255.255', false],
    ['::1', false],
    ['::', false],
    ['fe80::1', false],
    ['fc00::1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:7f00:1', false],
    ['2002:7f00:1::', false],
    ['64:ff9b::7f00:1', false],
    ['no address', false],
  ])('%s is public: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic)
  })
})

describe('fetching', () => {
  test('brings what is there, also behind a redirect', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end()
      else response.end('sound')
    })
    expect(await fetched(`${url}/a`)).toBe('sound')
  })

  test('refuses private networks before it connects', async () => {
    let asked = 0
    const url = await serve((_request, response) => {
      asked++
      response.end()
    })
    await expect(fetched(url, { allowPrivate: false })).rejects.toMatchObject({ code: 'outbound.refused' })
    const byName = url.replace('127.0.0.1', 'localhost')
    await expect(fetched(byName, { allowPrivate: false })).rejects.toMatchObject({ code: 'outbound.refused' })
    expect(asked).toBe(0)
  })

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://a:b@127.0.0.1/', 'nothing'])(
    'a redirect to %s is refused like an address',
    async (location) => {
      const url = await serve((request, response) => {
        if (request.url === '/') response.writeHead(302, { location }).end()
        else response.writeHead(404).end()
      })
      await expect(fetched(`${url}/`)).rejects.toMatchObject({ code: /^outbound\.(refused|failed)$/ })
    },
  )

  test('gives up a circle, an error, a lie about the port', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/circle') response.writeHead(302, { location: '/circle' }).end()
      else response.writeHead(500).end()
    })
    await expect(fetched(`${url}/circle`)).rejects.toMatchObject({ code: 'outbound.failed' })
    await expect(fetched(`${url}/error`)).rejects.toMatchObject({ code: 'outbound.failed' })
    await expect(fetched('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'outbound.failed' })
  })

  test('stops at the limit, announced or not', async () => {
    const endless = await serve((request, response) => {
      if (request.url === '/announced') response.writeHead(200, { 'content-length': '5000' })
      const more = (): void => {
        while (response.write('x'.repeat(500)) && !response.destroyed);
      }
      response.on('drain', more).on('error', () => {})
      more()
    })
    await expect(fetched(`${endless}/announced`)).rejects.toMatchObject({ code: 'outbound.too-large' })
    await expect(fetched(`${endless}/`)).rejects.toMatchObject({ code: 'outbound.too-large' })
  })

  test.each(['headers', 'body'])('gives up one that lets its %s wait', async (what) => {
    const slow = await serve((_request, response) => {
      if (what === 'body') response.write('x')
    })
    await expect(fetched(slow, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'outbound.timed-out' })
  })

  test('a check refuses at once what can never be, and lets a name pass that is not known', async () => {
    await expect(checkOutbound('http://127.0.0.1/', { allowPrivate: false })).rejects.toMatchObject({
      code: 'outbound.refused',
    })
    await checkOutbound('http://name.invalid/', { allowPrivate: false })
  })
})
