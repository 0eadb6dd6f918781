import { createPublicKey, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { AnswerBot } from '#domains/alerts/commands/answer.ts'
import type { Log } from '#kernel/log.ts'
import { callJson } from '../messengers/http-call.ts'

/** The key of an application from its 64 hexadecimal digits. @throws Error when they are no Ed25519 key */
export function discordPublicKey(hex: string): KeyObject {
  const x = Buffer.from(hex, 'hex').toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}

/** Whether an interaction was signed by Discord (`X-Signature-Ed25519` over `X-Signature-Timestamp` and the body). */
export function isSignedByDiscord(
  key: KeyObject,
  signed: { body: Buffer; signature: string; timestamp: string },
): boolean {
  if (!/^[0-9a-f]{128}$/i.test(signed.signature)) return false
  const text = Buffer.concat([Buffer.from(signed.timestamp), signed.body])
  return verify(null, text, key, Buffer.from(signed.signature, 'hex'))
}

interface Interaction {
  readonly type?: unknown
  readonly token?: unknown
  readonly application_id?: unknown
  readonly user?: { readonly id?: unknown }
  readonly member?: { readonly user?: { readonly id?: unknown } }
  readonly data?: {
    readonly name?: unknown
    readonly options?: readonly { readonly name?: unknown; readonly value?: unknown }[]
  }
}

/** Handles interactions. */
export interface DiscordBot {
  /** The answer to Discord's request; what takes longer than it waits follows on its own. */
  handle(interaction: unknown): Promise<unknown>
  /** Makes the slash commands known. */
  register(): Promise<void>
}

const PING = 1
const COMMAND = 2
const MESSAGE = 4
const DEFERRED = 5
const EPHEMERAL = 64
const LONGEST_TEXT = 2_000
/** Discord gives up after three seconds. */
const ANSWER_WITHIN_MS = 2_000

const text = (name: string, description: string, required = true) => ({ type: 3, name, description, required })

/** Slash commands, as Discord registers them. */
const COMMANDS = [
  { name: 'bind', description: '以綁定碼綁定帳號', options: [text('code', '網頁上的綁定碼')] },
  { name: 'list', description: '訂閱清單' },
  { name: 'help', description: '指令說明' },
  { name: 'add', description: '新增關鍵字', options: [text('board', '看板'), text('value', '關鍵字')] },
  { name: 'remove', description: '刪除關鍵字', options: [text('board', '看板'), text('value', '關鍵字')] },
  { name: 'command', description: '輸入完整指令，例如：新增作者 Gossiping someone', options: [text('text', '指令')] },
]

/** A bot over interactions by HTTP; it needs no gateway. */
export function createDiscordBot(parts: {
  apiUrl: string
  token: string
  applicationId: string | undefined
  answer: AnswerBot
  log: Log
}): DiscordBot {
  const { apiUrl, token, applicationId, answer, log } = parts

  const follow = async (interaction: Interaction, content: string): Promise<void> => {
    const path = `/webhooks/${String(interaction.application_id)}/${String(interaction.token)}/messages/@original`
    const { status } = await callJson(`${apiUrl}${path}`, { method: 'PATCH', headers: {}, body: { content } })
    if (status !== 200) log.warn({ status }, 'Discord did not take a late answer')
  }

  return {
    handle: async (given) => {
      const interaction = given as Interaction
      if (interaction.type === PING) return { type: PING }
      const userId = interaction.member?.user?.id ?? interaction.user?.id
      if (interaction.type !== COMMAND || typeof userId !== 'string')
        return { type: MESSAGE, data: { content: '?', flags: EPHEMERAL } }
      const answered = answer({ service: 'discord', serviceId: userId, text: commandText(interaction) }).then((reply) =>
        reply.text.slice(0, LONGEST_TEXT),
      )
      const waiting = new AbortController()
      const content = await Promise.race([answered, delay(ANSWER_WITHIN_MS, undefined, { signal: waiting.signal })])
      waiting.abort()
      if (content !== undefined) return { type: MESSAGE, data: { content, flags: EPHEMERAL } }
      answered
        .then((late) => follow(interaction, late))
        .catch((error: unknown) => log.warn({ err: error }, 'a Discord command failed'))
      return { type: DEFERRED, data: { flags: EPHEMERAL } }
    },
    register: async () => {
      if (applicationId === undefined) return
      const answered = await callJson(`${apiUrl}/applications/${applicationId}/commands`, {
        method: 'PUT',
        headers: { authorization: `Bot ${token}` },
        body: COMMANDS,
      })
      if (answered.status !== 200) log.warn({ status: answered.status }, 'Discord did not take the commands')
    },
  }
}

/** A slash command as the message that means the same. */
function commandText({ data }: Interaction): string {
  const option = (name: string): string => {
    const value = data?.options?.find((one) => one.name === name)?.value
    return typeof value === 'string' ? value : ''
  }
  switch (data?.name) {
    case 'bind':
      return option('code').trim()
    case 'list':
      return '/list'
    case 'add':
      return `新增 ${option('board')} ${option('value')}`
    case 'remove':
      return `刪除 ${option('board')} ${option('value')}`
    case 'command':
      return option('text')
    default:
      return '/help'
  }
}
