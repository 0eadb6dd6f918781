import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page, Request } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { call, PASSWORD, signIn, signUp } from './support/accounts.ts'
import type { Somebody } from './support/accounts.ts'
import { axeFindings } from './support/axe.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'

// What one does with an account, in a real browser on a real server, in Traditional Chinese.

let server: RunningServer
let browser: Browser
let page: Page
let admin: Somebody
/** Each try has an account of its own, and signs in where a test needs it. */
let person: Somebody
let people = 0

beforeAll(async () => {
  await builtWeb()
  server = await startServer()
  // The first account is the admin's.
  admin = await signUp(server.url, 'chunchi', '管理者')
  browser = await openBrowser({ width: 1280, height: 860, language: 'zh-TW' })
  page = browser.page
})
beforeEach(async () => {
  people++
  person = await signUp(server.url, `yijun${people}`, '林怡君')
  // On a page without the app, so that nothing of the account before acts any more.
  await page.goto(`${server.url}/docs`)
  await page.evaluate(() => localStorage.clear())
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
afterEach(() => {
  expect(browser.complaints.splice(0)).toEqual([])
})

const fill = (autocomplete: string, text: string): Promise<void> =>
  page.locator(`[autocomplete="${autocomplete}"]`).fill(text)
const submit = (): Promise<void> => page.locator('button[type=submit]').click()
const signedIn = (): Promise<void> => signIn(browser, server.url, person, 'zh-TW')

/** Changes what the browser keeps of the session, as time or another server would. */
const tamper = (change: Record<string, unknown>): Promise<void> =>
  page.evaluate((changed) => {
    const session = JSON.parse(localStorage.getItem('confab.session') ?? '{}') as object
    localStorage.setItem('confab.session', JSON.stringify({ ...session, ...changed }))
  }, change)

describe('signing up', () => {
  test('whoever is not signed in is asked to, and comes back to where they were going', async () => {
    await page.goto(`${server.url}/account/security`)
    await page.waitForURL(/sign-in\?next=/)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('link', { name: '建立帳號' }).click()
    await fill('name', '林怡君')
    await fill('username', `newcomer${people}`)
    await fill('email', `newcomer${people}@example.com`)
    await fill('new-password', 'secret1')
    await submit()
    await page.waitForURL(/\/account\/security/)
    await page.getByText('這部裝置').first().waitFor()
  })
})

describe('security', () => {
  test('another device is shown and signed out', async () => {
    const options = { username: person.username, password: PASSWORD }
    const other = await call<{ token: string }>(server.url, 'POST', '/api/v1/auth/login', options)
    await signedIn()
    await page.goto(`${server.url}/account/security`)
    await page.getByText('這部裝置').first().waitFor()
    await page.getByRole('button', { name: '登出', exact: true }).click()
    await page.getByText('已登出該裝置', { exact: true }).waitFor()
    const answer = await fetch(`${server.url}/api/v1/users/profile`, {
      headers: { authorization: `Bearer ${other.token}` },
    })
    expect(answer.status).toBe(401)
  })

  test('the password is changed by whoever knows it', async () => {
    await signedIn()
    await page.goto(`${server.url}/account/security`)
    await fill('current-password', 'nope12')
    await fill('new-password', 'secret2')
    await page.getByRole('button', { name: '變更密碼' }).click()
    await page.getByText('目前的密碼不正確').first().waitFor()
    await fill('current-password', PASSWORD)
    await page.getByRole('button', { name: '變更密碼' }).click()
    await page.getByText('密碼已變更').first().waitFor()
  })
})

describe('the profile', () => {
  beforeEach(async () => {
    await signedIn()
    await page.goto(`${server.url}/account/profile`)
  })

  test('name and time zone are saved', async () => {
    await fill('name', '林怡君 Yi-Jun')
    await page.locator('select').nth(1).selectOption('Asia/Tokyo')
    await page.getByRole('button', { name: '儲存變更' }).click()
    await page.getByText('個人資料已更新').first().waitFor()
  })

  test('a picture is cropped, sent and shown', async () => {
    const background = { create: { width: 900, height: 600, channels: 3 as const, background: '#4a8' } }
    const buffer = await sharp(background).jpeg().toBuffer()
    await page.locator('input[type=file]').setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer })
    await page.getByRole('dialog').waitFor()
    await page.getByRole('button', { name: '使用這張照片' }).click()
    await page.getByText('照片已更新').first().waitFor()
    await page.locator('main img[src^="/avatars/"]').first().waitFor()
  })

  test('the API key is shown and made anew', async () => {
    await page.getByRole('link', { name: 'API 金鑰' }).click()
    await page.getByRole('button', { name: '顯示金鑰' }).click()
    const key = page.getByText(/occ_\w{32}/).first()
    await key.waitFor()
    const before = await key.innerText()
    await page.getByRole('button', { name: '重新產生' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: '重新產生' }).click()
    await page.getByText('已產生新的金鑰', { exact: true }).waitFor()
    await vi.waitFor(async () => expect(await key.innerText()).not.toBe(before), { timeout: 10_000 })
  })
})

describe('administration', () => {
  test('the first account bans, unbans, promotes, deletes and finds others', async () => {
    const [chihming, yating] = [`陳志明${people}`, `王雅婷${people}`]
    await signUp(server.url, `chihming${people}`, chihming)
    await signUp(server.url, `yating${people}`, yating)
    await signIn(browser, server.url, admin, 'zh-TW')
    await page.goto(`${server.url}/admin`)
    await page.getByText(`chihming${people}@example.com`).waitFor()
    expect(await axeFindings(page)).toEqual([])
    const act = async (who: string, what: string): Promise<void> => {
      await page.getByRole('button', { name: `${who} 的操作` }).click()
      await page.getByRole('menuitem', { name: what, exact: true }).click()
    }
    await act(yating, '停權')
    await page.getByRole('dialog').getByRole('button', { name: '停權' }).click()
    await page.getByText(`${yating} 已停權`).first().waitFor()
    await act(yating, '解除停權')
    await page.getByText('已解除停權').first().waitFor()
    await act(chihming, '設為管理員')
    await page.getByText('已成為管理員').first().waitFor()
    await act(yating, '刪除帳號')
    await page.getByRole('alertdialog').getByRole('button', { name: '刪除帳號' }).click()
    await page.getByText(`已刪除 ${yating}`).first().waitFor()
    await page.getByRole('searchbox').fill('陳')
    await page.getByText(`${person.username}@example.com`).waitFor({ state: 'detached' })
    await page.getByText(`chihming${people}@example.com`).waitFor()
    await page.getByRole('link', { name: '稽核紀錄' }).click()
    await page.getByText('變更角色').first().waitFor()
  })
})

describe('the session', () => {
  test('two tabs with an expired token renew it once, and signing out of one signs out of both', async () => {
    await signedIn()
    await page.goto(`${server.url}/docs`)
    await tamper({ expiresAt: 0 })
    const other = await browser.context.newPage()
    let renewals = 0
    const count = (request: Request): void => {
      if (request.url().endsWith('/auth/refresh')) renewals++
    }
    browser.context.on('request', count)
    try {
      const address = `${server.url}/account/security`
      await Promise.all([page.goto(address), other.goto(address)])
      await page.getByText('這部裝置').first().waitFor()
      await other.getByText('這部裝置').first().waitFor()
      expect(renewals).toBe(1)
      await page.bringToFront()
      await page.getByRole('button', { name: '帳號選單' }).click()
      await page.getByRole('menuitem', { name: '登出' }).click()
      await page.waitForURL(/sign-in/)
      await other.waitForURL(/sign-in/)
    } finally {
      browser.context.off('request', count)
      await other.close()
    }
  })

  test('a wrong password is said, the right one lets in', async () => {
    await page.goto(`${server.url}/sign-in`)
    await fill('username', person.username)
    await fill('current-password', 'zzzzzz')
    await submit()
    await page.getByRole('alert').waitFor()
    await fill('current-password', PASSWORD)
    await submit()
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
  })

  test('a session that ended elsewhere is said, and asks to sign in again', async () => {
    await signedIn()
    // On a page without the app, which might notice by itself before we look.
    await page.goto(`${server.url}/docs`)
    await tamper({ accessToken: 'x.y.z', refreshToken: 'nope' })
    await page.goto(`${server.url}/account/security`)
    await page.waitForURL(/sign-in.*expired/)
    await page.getByText('登入已過期').first().waitFor()
    // The browser tells of the socket that was refused.
    browser.complaints.length = 0
  })
})

describe('a forgotten password', () => {
  /** The link in the mail to somebody. */
  async function mailedLink(address: string): Promise<string> {
    const outbox = join(server.dataDir, 'outbox')
    return vi.waitFor(
      async () => {
        for (const name of await readdir(outbox)) {
          const mail = (await readFile(join(outbox, name), 'utf8')).replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=')
          const link = /https?:\/\/\S+token=[\w-]+/.exec(mail)?.[0]
          if (link !== undefined && mail.includes(`To: ${address}`)) return link
        }
        throw new Error(`no mail with a link to ${address}`)
      },
      { timeout: 20_000, interval: 100 },
    )
  }

  test('is replaced by the link in the mail', async () => {
    const address = `${person.username}@example.com`
    await page.goto(`${server.url}/forgot-password`)
    await page.locator('[type=email]').fill(address)
    await submit()
    await page.getByText('重設連結已經寄出').first().waitFor()
    const link = new URL(await mailedLink(address))
    await page.goto(server.url + link.pathname + link.search)
    await fill('new-password', 'secret3')
    await submit()
    await page.getByText('密碼已更新').first().waitFor()
    const signedInAgain = { username: person.username, password: 'secret3' }
    await call(server.url, 'POST', '/api/v1/auth/login', signedInAgain)
  })
})

describe('language, theme, connection', () => {
  test('English, dark by the palette, and kept over a reload', async () => {
    await page.goto(`${server.url}/sign-in`)
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Sign in to Confab' }).waitFor()
    await fill('username', person.username)
    await fill('current-password', PASSWORD)
    await submit()
    await page.waitForURL(`${server.url}/`)
    // The frame listens to keys once it is drawn.
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await page.keyboard.type('dark')
    await page.keyboard.press('Enter')
    const dark = page.locator('html[data-theme=dark]')
    await dark.waitFor()
    await page.reload()
    await dark.waitFor()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await axeFindings(page)).toEqual([])
  })

  test('a lost connection is said quietly, and unsaid', async () => {
    await signIn(browser, server.url, person)
    await page.goto(server.url)
    await page.getByRole('heading', { level: 1 }).waitFor()
    try {
      await browser.context.setOffline(true)
      await page.getByText('You are offline').waitFor()
    } finally {
      await browser.context.setOffline(false)
    }
    await page.getByText('You are offline').waitFor({ state: 'detached' })
    browser.complaints.length = 0
  })
})

describe('leaving', () => {
  test('an account is deleted only by typing its name', async () => {
    await signIn(browser, server.url, person)
    await page.goto(`${server.url}/account/delete`)
    await page.getByRole('button', { name: 'Delete account' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByRole('textbox').fill(person.username)
    await dialog.getByRole('button', { name: 'Delete account' }).click()
    await page.waitForURL(/sign-in/)
    const again = await fetch(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: person.username, password: PASSWORD }),
    })
    expect(again.status).toBe(401)
  })
})
