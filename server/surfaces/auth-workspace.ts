import { workspaceLogin, workspaceRegister } from '#contracts/auth.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { Fault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Mount, Speech } from './mount.ts'
import { visitOf } from './visit.ts'

const missing = (message: string): Words => ({ status: 400, code: 'E012_MISSING_FIELDS', message })
const TAKEN: Words = { status: 409, code: 'E001_USER_EXISTS', message: '註冊帳號已存在' }

const REGISTER: Speech = {
  message: '使用者註冊成功',
  words: {
    'accounts.email-taken': TAKEN,
    'accounts.login-taken': TAKEN,
    'accounts.email-invalid': { status: 400, code: 'E002_INVALID_EMAIL', message: '電子信箱格式錯誤' },
    'accounts.passwords-differ': { status: 400, code: 'E009_PASSWORD_NOT_SAME', message: '密碼和確認密碼不同' },
    'accounts.password-short': missing('密碼必須為 6 到 100 個字元'),
    'accounts.password-long': missing('密碼必須為 6 到 100 個字元'),
    'accounts.login-invalid': missing('帳號格式錯誤，只能使用文字、數字和 . _ - +'),
    'accounts.name-invalid': missing('使用者名稱格式錯誤'),
  },
}

const LOGIN: Speech = {
  message: '登入成功',
  words: {
    'accounts.credentials-wrong': ({ data }: Fault) =>
      data['known'] === true
        ? { status: 401, code: 'E003_INVALID_CREDENTIALS', message: '登入失敗，帳號密碼錯誤' }
        : { status: 404, code: 'E008_ACCOUNT_NOT_EXIST', message: '登入失敗，帳號不存在' },
    'accounts.banned': { status: 403, code: 'E005_FORBIDDEN', message: '登入失敗，帳號已停用' },
  },
}

/** Register and login as document 4 has them, on the paths of documents 1 and 2. */
export function mountWorkspaceAuth(mount: Mount, { identity }: { identity: Identity }): void {
  mount(
    workspaceRegister,
    async ({ body, request }) => {
      const { account, accessToken } = await identity.registerAndSignIn({
        email: body.email,
        password: body.password,
        passwordAgain: body.passwordChk,
        login: body.account,
        displayName: body.username,
        visit: visitOf(request),
      })
      return { user: { id: account.id }, token: accessToken }
    },
    REGISTER,
  )

  mount(
    workspaceLogin,
    async ({ body, request }) => {
      const { account, accessToken } = await identity.signIn({
        name: body.account,
        orLogin: true,
        password: body.password,
        refreshable: false,
        visit: visitOf(request),
      })
      return { user: { id: account.id, email: account.email, username: account.displayName }, token: accessToken }
    },
    LOGIN,
  )
}
