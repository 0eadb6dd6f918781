import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'

/** A certificate that a test made, signed by itself. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Makes one for `names` (`IP:127.0.0.1`, `DNS:sip.example.com`), or one whose time is over. */
export async function makeCertificate(names: readonly string[], { isExpired = false } = {}): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'confab-tls-'))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  try {
    const key = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test'.split(' ')
    const more = ['-addext', `subjectAltName=${names.join(',')}`, '-keyout', keyFile, '-out', certFile]
    await promisify(execFile)('openssl', [...key, ...more])
    if (isExpired) {
      const again = ['x509', '-in', certFile, '-signkey', keyFile, '-days', '-1', '-out', certFile]
      await promisify(execFile)('openssl', again)
    }
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What ends TLS before a server that speaks plain TCP: Debian's sipp is built without TLS. */
export interface TlsFront {
  readonly address: string
  /** First lines of the messages that came. */
  readonly heard: readonly string[]
  stop(): Promise<void>
}

/** Listens on a free port and passes everything on to `port`, both ways. */
export async function startTlsFront(port: number, certificate: Certificate): Promise<TlsFront> {
  const open = new Set<Socket>()
  const heard: string[] = []
  const server = createServer({ ...certificate, minVersion: 'TLSv1.2' }, (secure) => {
    const plain = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [secure, plain],
      [plain, secure],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
    secure.on('data', (chunk: Buffer) => heard.push(...(chunk.toString().match(/^[A-Z]+ sip:.*$/gm) ?? [])))
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    stop: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
