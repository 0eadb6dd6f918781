import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Log } from '#kernel/log.ts'
import { mountWebhook } from './webhooks-raw.ts'

/** What each messenger's webhook is answered by; a messenger that is not configured has none. */
export interface MessengerWebhooks {
  readonly telegram?: { readonly secret: string; handle(update: unknown): Promise<void> }
  readonly line?: { isSigned(body: Buffer, signature: string): boolean; handle(body: unknown): Promise<void> }
  readonly discord?: {
    isSigned(signed: { body: Buffer; signature: string; timestamp: string }): boolean
    handle(interaction: unknown): Promise<unknown>
  }
}

const FORGED = { status: 401, body: { error: 'The signature is wrong.' } }
const BROKEN = { status: 400, body: { error: 'This is no JSON.' } }
const BUSY = { status: 503, body: { error: 'Too much at once; try again later.' } }
/** Events being worked on at once; beyond it a service is asked to come again. */
const MOST_UNDER_WAY = 200

/** Mounts `/webhooks/telegram`, `/webhooks/line` and `/webhooks/discord`. */
export function mountMessengerWebhooks(http: FastifyInstance, parts: { webhooks: MessengerWebhooks; log: Log }): void {
  const { webhooks, log } = parts
  const { telegram, line, discord } = webhooks
  let underWay = 0
  let forged = 0

  /** LINE and Telegram want their answer at once, before the work is done. */
  const later = (work: Promise<void>): void => {
    underWay++
    work.catch((error: unknown) => log.error({ err: error }, 'a webhook failed')).finally(() => underWay--)
  }
  const refuse = (service: string): typeof FORGED => {
    // The first tells the admin; a flood of them would only fill the log.
    if (forged++ === 0)
      log.warn({ service }, 'a webhook with a wrong signature was refused; further ones are not logged')
    return FORGED
  }

  if (telegram !== undefined) {
    mountWebhook(http, '/webhooks/telegram', async (posted) => {
      if (!sameText(posted.header('x-telegram-bot-api-secret-token'), telegram.secret)) return refuse('telegram')
      const update = posted.json()
      if (typeof update !== 'object' || update === null) return BROKEN
      if (underWay >= MOST_UNDER_WAY) return BUSY
      later(telegram.handle(update))
      return { status: 200 }
    })
  }
  if (line !== undefined) {
    mountWebhook(http, '/webhooks/line', async (posted) => {
      if (!line.isSigned(posted.body, posted.header('x-line-signature'))) return refuse('line')
      const body = posted.json()
      if (body === undefined) return BROKEN
      if (underWay >= MOST_UNDER_WAY) return BUSY
      later(line.handle(body))
      return { status: 200 }
    })
  }
  if (discord !== undefined) {
    mountWebhook(http, '/webhooks/discord', async (posted) => {
      const signature = posted.header('x-signature-ed25519')
      const timestamp = posted.header('x-signature-timestamp')
      if (!discord.isSigned({ body: posted.body, signature, timestamp })) return refuse('discord')
      const interaction = posted.json()
      if (typeof interaction !== 'object' || interaction === null) return BROKEN
      return { status: 200, body: await discord.handle(interaction) }
    })
  }
}

/** Compares in a time that tells nothing of the secret. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
