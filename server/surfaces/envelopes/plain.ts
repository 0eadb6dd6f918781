import { Type } from 'typebox'
import type { Envelope } from './envelope.ts'

/** Documents 1 and 2: the object itself; failures are `{success:false, message}`. */
export const plain: Envelope = {
  family: 'plain',
  ok: (value) => value,
  fail: (words) => ({ success: false, message: words.message }),
  okSchema: (result) => result,
  failSchema: Type.Object({ success: Type.Literal(false), message: Type.String() }),
  defaults: {
    invalid: { status: 400, message: '無效的請求內容' },
    unauthenticated: { status: 401, message: '未授權' },
    forbidden: { status: 403, message: '禁止存取' },
    missing: { status: 404, message: '資源不存在' },
    conflict: { status: 409, message: '資源已存在' },
    'too-large': { status: 413, message: '請求內容過大' },
    busy: { status: 429, message: '請求過於頻繁，請稍後再試' },
    unavailable: { status: 503, message: '服務暫時無法使用' },
    'no-route': { status: 404, message: '資源不存在' },
    'rate-limited': { status: 429, message: '請求過於頻繁，請稍後再試' },
    bug: { status: 500, message: '伺服器錯誤' },
  },
}
