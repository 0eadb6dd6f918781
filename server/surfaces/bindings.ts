import {
  bindingStatus,
  confirmTelegram,
  createBindCode,
  listBindings,
  removeBinding,
  switchBinding,
  switchNoBinding,
} from '#contracts/alerts.ts'
import type { Service } from '#contracts/schemas/alerts.ts'
import type { BindingRow } from '#domains/notify/binding-store.ts'
import type { Bindings } from '#domains/notify/bindings.ts'
import { Fault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Mount } from './mount.ts'
import { rfc3339 } from './time.ts'

/** How a person gets a code to a bot. */
export interface BotDirections {
  /** The link that opens the Telegram bot with a code; undefined while no bot is known. */
  telegramLink(code: string): Promise<string | undefined>
  /** Whether messages can go out through the service at all. */
  isConfigured(service: Service): boolean
  /** Tells a chat that it is bound now. */
  greet(service: Service, serviceId: string): void
}

const NO_SERVICE: Words = { status: 400, message: '無效的服務類型' }
const NO_BINDING: Words = { status: 404, message: '找不到綁定' }
const BAD_TOKEN: Words = { status: 400, message: '無效或已過期的 token' }
const NO_TOKEN: Words = { status: 400, message: '缺少 token' }
const SERVICES: readonly string[] = ['telegram', 'line', 'discord']

/** `/api/bindings*` and `/api/webapp/telegram/confirm` as document 2 has them. */
export function mountBindings(mount: Mount, parts: { bindings: Bindings; directions: BotDirections }): void {
  const { bindings, directions } = parts

  mount(listBindings, async ({ account }) => (await bindings.list(account.accountId)).map(viewOf))

  mount(
    createBindCode,
    async ({ account, body }) => {
      const service = body.service ?? 'telegram'
      const { code, expiresAt } = await bindings.codeForAccount(account.accountId, service)
      const link = service === 'telegram' ? await directions.telegramLink(code) : undefined
      return {
        bind_code: code,
        expires_at: rfc3339(expiresAt),
        service,
        bind_url: link ?? null,
        message: directionFor(service, code, { link, configured: directions.isConfigured(service) }),
      }
    },
    { invalid: () => NO_SERVICE, words: { 'binding.exists': { status: 400, message: '此服務已綁定' } } },
  )

  mount(
    bindingStatus,
    async ({ account, params }) => {
      const found = await bindings.find(account.accountId, params.service)
      if (found === undefined) return { service: params.service, bound: false, service_id: null }
      return { service: found.service, bound: true, service_id: found.serviceId, enabled: found.enabled }
    },
    { invalid: () => NO_SERVICE },
  )

  mount(
    switchBinding,
    async ({ account, params, body }) => {
      await bindings.setEnabled(account.accountId, serviceOf(params.service), body.enabled)
      return { success: true as const, message: body.enabled ? '已啟用綁定' : '已停用綁定' }
    },
    { words: { 'binding.missing': NO_BINDING } },
  )

  mount(switchNoBinding, () => Promise.reject(new Fault('invalid', 'binding.service-missing', 'No service is named')), {
    words: { 'binding.service-missing': { status: 400, message: '缺少服務類型' } },
  })

  mount(
    removeBinding,
    async ({ account, params }) => {
      await bindings.remove(account.accountId, serviceOf(params.service))
      return { success: true as const, message: '已解除綁定' }
    },
    { words: { 'binding.missing': NO_BINDING } },
  )

  mount(
    confirmTelegram,
    async ({ account, body }) => {
      const token = body.token.trim()
      if (token === '') throw new Fault('invalid', 'binding.token-missing', 'No token is given')
      const { serviceId } = await bindings.redeemByAccount(account.accountId, 'telegram', token)
      directions.greet('telegram', serviceId)
      return { success: true as const, message: '綁定成功' }
    },
    {
      // A token of another type, or none, is a missing one; one far too long is a wrong one.
      invalid: ({ reason, field }) => {
        if (field !== 'token') return undefined
        return reason === 'other' ? BAD_TOKEN : NO_TOKEN
      },
      words: {
        'binding.token-missing': NO_TOKEN,
        'binding.code-invalid': BAD_TOKEN,
        'binding.exists': { status: 400, message: '此帳號已綁定 Telegram' },
        'binding.taken': { status: 400, message: '此 Telegram 已綁定其他帳號' },
      },
    },
  )
}

/** A service nobody knows is bound to nobody. */
function serviceOf(name: string): Service {
  if (SERVICES.includes(name)) return name as Service
  throw new Fault('missing', 'binding.missing', 'There is no such service')
}

function directionFor(service: Service, code: string, at: { link: string | undefined; configured: boolean }): string {
  if (!at.configured) return '此服務的機器人尚未設定，請聯絡管理員'
  switch (service) {
    case 'telegram':
      return at.link === undefined ? `請傳送「/start BIND_${code}」給 Telegram 機器人完成綁定` : '點擊連結完成綁定'
    case 'line':
      return '請將綁定碼以訊息傳送給 LINE 官方帳號完成綁定'
    case 'discord':
      return `請在 Discord 輸入 /bind code:${code} 完成綁定`
  }
}

function viewOf(row: BindingRow) {
  return {
    id: row.id,
    user_id: row.accountId,
    service: row.service,
    service_id: row.serviceId,
    enabled: row.enabled,
    created_at: rfc3339(row.createdAt),
    updated_at: rfc3339(row.updatedAt),
    broken_reason: row.brokenReason,
  }
}
