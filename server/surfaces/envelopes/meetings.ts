import { Type } from 'typebox'
import type { Envelope } from './envelope.ts'
import { rfc3339 } from '../time.ts'

/** Document 5: `{code, message, data, timestamp, request_id}`; `code` is the HTTP status, or the business code of a failure. */
export const meetings: Envelope = {
  family: 'meetings',
  ok: (value, { status, requestId }) => ({
    code: status,
    message: 'Success',
    data: value ?? null,
    timestamp: rfc3339(Date.now()),
    request_id: requestId,
  }),
  fail: ({ status, code, message }, { requestId }) => ({
    code: code ?? status,
    message,
    data: null,
    timestamp: rfc3339(Date.now()),
    request_id: requestId,
  }),
  okSchema: (result) =>
    Type.Object({
      code: Type.Integer(),
      message: Type.String(),
      data: result,
      timestamp: Type.String(),
      request_id: Type.String(),
    }),
  failSchema: Type.Object({
    code: Type.Integer(),
    message: Type.String(),
    data: Type.Null(),
    timestamp: Type.String(),
    request_id: Type.String(),
  }),
  defaults: {
    invalid: { status: 400, message: '请求错误' },
    unauthenticated: { status: 401, message: '未认证' },
    forbidden: { status: 403, message: '无权限' },
    missing: { status: 404, message: '不存在' },
    conflict: { status: 409, message: '冲突' },
    'too-large': { status: 413, message: '请求内容过大' },
    busy: { status: 429, message: '请求过多' },
    unavailable: { status: 503, message: '服务不可用' },
    'no-route': { status: 404, message: '不存在' },
    'rate-limited': { status: 429, message: '请求过多' },
    bug: { status: 500, message: '服务器错误' },
  },
}
