import type { Fault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Speech } from './mount.ts'

const wrong = (message: string): Words => ({ status: 400, message: `请求错误: ${message}` })

/** Document 5's 1004, with the status of every route but login. */
export const WRONG_PASSWORD: Words = { status: 400, code: 1004, message: '密码错误' }

/** An account that is banned; its owner, who has shown the password, is told why and until when. */
export const BANNED = ({ data }: Fault): Words => {
  const until = typeof data['until'] === 'string' ? `，解封时间: ${data['until']}` : ''
  const reason = typeof data['reason'] === 'string' ? `，原因: ${data['reason']}` : ''
  return { status: 403, message: `账户已被封禁${until}${reason}` }
}

/** Document 5's words for what can be wrong with an account. */
export const ACCOUNT_WORDS: NonNullable<Speech['words']> = {
  'accounts.login-taken': { status: 400, code: 1001, message: '用户名已存在' },
  'accounts.email-taken': { status: 400, code: 1002, message: '邮箱已存在' },
  'accounts.unknown': { status: 404, code: 1003, message: '用户不存在' },
  'accounts.password-wrong': WRONG_PASSWORD,
  'accounts.login-invalid': wrong('用户名只能包含文字、数字和 . _ - +'),
  'accounts.email-invalid': wrong('邮箱格式不正确'),
  'accounts.password-short': wrong('密码至少6个字符'),
  'accounts.password-long': wrong('密码最多100个字符'),
  'accounts.name-invalid': wrong('昵称格式不正确'),
  'accounts.avatar-url-invalid': wrong('头像地址格式不正确'),
  'accounts.matrix-id-invalid': wrong('Matrix ID 格式不正确'),
  'accounts.time-zone-invalid': wrong('时区不存在'),
  'accounts.session-unknown': { status: 404, message: '会话不存在' },
  'accounts.last-admin': { status: 409, message: '这是唯一的管理员，请先指定另一位管理员' },
}
