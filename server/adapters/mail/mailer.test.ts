import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import { createMailer } from './mailer.ts'

const mail = { to: '王小明@example.com', subject: '重設密碼', text: 'hello\n', html: '<p>hello</p>' }
const from = 'Confab <confab@example.com>'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'confab-mail-'))
  ends.push(() => rm(path, { recursive: true, force: true }))
  return path
}

/** A mail server that keeps what it is given, or refuses everybody. */
async function mailServer(refuse = false): Promise<{ port: number; received: Buffer[] }> {
  const received: Buffer[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => done(refuse ? new Error('nobody here') : null),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push(Buffer.concat(chunks))
        done()
      })
    },
  })
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready)
  })
  ends.push(() => new Promise((closed) => server.close(() => closed())))
  return { port: (server.server.address() as AddressInfo).port, received }
}

test('a mail goes out by SMTP', async () => {
  const { port, received } = await mailServer()
  const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, outbox: '/nowhere', log: silentLog })
  await mailer.send({ ...mail, to: 'ming@example.com' })
  mailer.close()
  const parsed = await PostalMime.parse(received[0] ?? '')
  expect(parsed).toMatchObject({
    subject: '重設密碼',
    text: expect.stringMatching(/^hello\s*$/) as string,
    from: { name: 'Confab', address: 'confab@example.com' },
  })
  expect(parsed.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated')
})

test('a mail that a server refuses, or no server takes, is a failure to be tried again', async () => {
  const { port } = await mailServer(true)
  const refused = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, outbox: '/nowhere', log: silentLog })
  await expect(refused.send({ ...mail, to: 'ming@example.com' })).rejects.toThrow(/nobody here/)
  refused.close()
  const nobody = createMailer({ smtpUrl: 'smtp://127.0.0.1:1', from, outbox: '/nowhere', log: silentLog })
  await expect(nobody.send(mail)).rejects.toThrow(/ECONNREFUSED/)
  nobody.close()
})

test('a URL that is none is refused at the start', () => {
  for (const smtpUrl of ['mail.example.com', 'http://mail.example.com', 'smtp://']) {
    expect(() => createMailer({ smtpUrl, from, outbox: '/nowhere', log: silentLog })).toThrow(/CONFAB_SMTP_URL/)
  }
})

test('without a server the mail is a file for its owner alone, and the log says where, not what', async () => {
  const outbox = join(await folder(), 'outbox')
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const mailer = createMailer({ smtpUrl: undefined, from, outbox, log })
  await mailer.send({ ...mail, text: 'https://x/reset-password?token=SECRET\n' })
  mailer.close()
  const [name = ''] = await readdir(outbox)
  const path = join(outbox, name)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(outbox)).mode & 0o777).toBe(0o700)
  const parsed = await PostalMime.parse(await readFile(path))
  expect(parsed.text).toContain('token=SECRET')
  expect(parsed.subject).toBe('重設密碼')
  expect(lines.join('')).toContain(path)
  expect(lines.join('')).not.toContain('SECRET')
})

test('an address that would add headers does not', async () => {
  const outbox = join(await folder(), 'outbox')
  const mailer = createMailer({ smtpUrl: undefined, from, outbox, log: silentLog })
  await mailer.send({ ...mail, subject: 'a\r\nBcc: evil@example.com', to: 'a@example.com\r\nBcc: evil@example.com' })
  mailer.close()
  const [name = ''] = await readdir(outbox)
  const parsed = await PostalMime.parse(await readFile(join(outbox, name)))
  expect(parsed.bcc ?? []).toEqual([])
})
