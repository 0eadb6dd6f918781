import { Type } from 'typebox'
import { emptyObject } from './envelope.ts'
import type { Envelope } from './envelope.ts'

/** Document 4: `{message, data, error}`; `error` is `{}` on success and `{code}` on failure. */
export const workspace: Envelope = {
  family: 'workspace',
  ok: (value, { message }) => ({ message: message ?? 'OK', data: value ?? {}, error: {} }),
  fail: ({ message, code, data }) => ({ message, data: data ?? {}, error: { code: code ?? 'E010_SERVER_ERROR' } }),
  okSchema: (result) => Type.Object({ message: Type.String(), data: result, error: emptyObject }),
  failSchema: Type.Object({
    message: Type.String(),
    data: Type.Object({}),
    error: Type.Object({ code: Type.String() }),
  }),
  defaults: {
    invalid: { status: 400, code: 'E012_MISSING_FIELDS', message: '資料未提供或格式錯誤' },
    unauthenticated: { status: 401, code: 'E004_UNAUTHORIZED', message: '帳號尚未登入' },
    forbidden: { status: 403, code: 'E005_FORBIDDEN', message: '沒有權限' },
    missing: { status: 404, code: 'E007_NOT_FOUND', message: '找不到資料' },
    conflict: { status: 409, code: 'E006_SCHEDULE_CONFLICT', message: '資料重複' },
    'too-large': { status: 413, code: 'E011_DATA_TYPE_ERROR', message: '資料過大' },
    busy: { status: 429, code: 'E014_RATE_LIMITED', message: '請求過於頻繁，請稍後再試' },
    unavailable: { status: 503, code: 'E010_SERVER_ERROR', message: '服務暫時無法使用' },
    'no-route': { status: 404, code: 'E007_NOT_FOUND', message: '找不到資料' },
    'rate-limited': { status: 429, code: 'E014_RATE_LIMITED', message: '請求過於頻繁，請稍後再試' },
    bug: { status: 500, code: 'E010_SERVER_ERROR', message: '伺服器錯誤' },
  },
}
