import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Mail, Mailer } from '#domains/identity/ports.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'

export interface MailerOptions {
  /** `smtp://` or `smtps://`; unset: mails become files in `outbox`. */
  readonly smtpUrl: string | undefined
  readonly from: string
  /** The folder for mails that go nowhere, `data/outbox`. */
  readonly outbox: string
  readonly log: Log
}

const TIMEOUTS = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000, dnsTimeout: 10_000 }
/** The oldest of more mails than this in the outbox are removed. */
const MOST_IN_OUTBOX = 1_000

/**
 * Sends mails by SMTP, or keeps them in a folder for the operator to read.
 * @throws Fault `config.invalid` for a URL that is none
 */
export function createMailer(options: MailerOptions): Mailer {
  return options.smtpUrl === undefined ? outboxMailer(options) : smtpMailer(options, options.smtpUrl)
}

function smtpMailer({ from, log }: MailerOptions, smtpUrl: string): Mailer {
  if (!/^smtps?:\/\/[^/]/.test(smtpUrl) || !URL.canParse(smtpUrl)) {
    throw new Fault('invalid', 'config.invalid', 'CONFAB_SMTP_URL must look like smtp://user:password@host:587')
  }
  const transport = createTransport(
    { url: smtpUrl, ...TIMEOUTS, pool: true, maxConnections: 2, disableFileAccess: true, disableUrlAccess: true },
    { from },
  )
  return {
    send: async (mail) => {
      await transport.sendMail({ ...messageOf(mail), headers: { 'Auto-Submitted': 'auto-generated' } })
      log.info({ recipient: fingerprint(mail.to) }, 'mail handed to the mail server')
    },
    close: () => transport.close(),
  }
}

function outboxMailer({ from, outbox, log }: MailerOptions): Mailer {
  const writer = createTransport({ streamTransport: true, buffer: true, newline: 'unix' }, { from })
  return {
    send: async (mail: Mail) => {
      const { message } = await writer.sendMail(messageOf(mail))
      await mkdir(outbox, { recursive: true, mode: 0o700 })
      const stamp = new Date().toISOString().replace(/[:.]/g, '-')
      const path = join(outbox, `${stamp}-${randomBytes(3).toString('hex')}.eml`)
      // Its links are keys to accounts: for the owner of the data directory alone.
      const file = await open(path, 'wx', 0o600)
      try {
        await file.writeFile(message as Buffer)
      } finally {
        await file.close()
      }
      log.info({ file: resolve(path), subject: mail.subject }, 'no mail server is configured: the mail is in a file')
      await dropOldest(outbox)
    },
    close: () => writer.close(),
  }
}

/** A calendar file goes as an alternative, which calendars read, and as an attachment, which people can keep. */
function messageOf({ calendar, ...mail }: Mail) {
  return { ...mail, ...(calendar && { icalEvent: { ...calendar, filename: 'invite.ics' } }) }
}

async function dropOldest(outbox: string): Promise<void> {
  const mails = (await readdir(outbox)).filter((name) => name.endsWith('.eml')).toSorted()
  for (const name of mails.slice(0, Math.max(0, mails.length - MOST_IN_OUTBOX))) {
    await rm(join(outbox, name), { force: true })
  }
}

/** Tells two recipients apart in a log without naming them. */
function fingerprint(address: string): string {
  return createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 12)
}
