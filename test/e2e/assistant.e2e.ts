import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { openDatabase } from '#kernel/db/database.ts'
import { gramsOf } from '#kernel/grams.ts'
import { silentLog } from '#kernel/log.ts'
import { echo, startFakeLanguageModel } from '#test/fakes/language-model.ts'
import type { FakeLanguageModel, Script } from '#test/fakes/language-model.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { signIn, signUp } from './support/accounts.ts'
import { openBrowser } from './support/browser.ts'
import type { Browser } from './support/browser.ts'
import { builtWeb } from './support/built-web.ts'
import { drawn } from './support/room.ts'

// The assistant in Chromium, on the real server, with a pretended model behind it.

let llm: FakeLanguageModel
let server: RunningServer
let dataDir: string
let browser: Browser
let page: Page

beforeAll(async () => {
  await builtWeb()
  llm = await startFakeLanguageModel()
  dataDir = await mkdtemp(join(tmpdir(), 'confab-assistant-'))
  server = await startServer({ dataDir, env: { CONFAB_LLM_URL: llm.url, CONFAB_LLM_MODEL: 'big' } })
  const somebody = await signUp(server.url, 'yijun', '林怡君')
  browser = await openBrowser()
  page = browser.page
  await signIn(browser, server.url, somebody)
})
afterAll(async () => {
  await browser?.close()
  await server?.kill('SIGKILL')
  await llm?.close()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})
beforeEach(async () => {
  llm.script = echo
  await page.goto(`${server.url}/assistant/new`)
  // Nor what another test began to write, where it was broken off.
  await box().fill('')
})
afterEach(() => {
  expect(browser.complaints.splice(0)).toEqual([])
})

const box = () => page.getByRole('textbox', { name: 'Message', exact: true })
const log = () => page.getByRole('log')
const said = (text: string) => log().getByText(text, { exact: true })

async function send(text: string): Promise<void> {
  await box().fill(text)
  await box().press('Enter')
}

/** A script that writes `before`, waits, and then writes the rest. Titles are refused, so that they do not wait too. */
function held(before: string, after: string): { script: Script; release: () => void } {
  const gate = Promise.withResolvers<void>()
  return {
    release: () => gate.resolve(),
    script: async ({ body, begin, piece, finish, response, gone }) => {
      if (body.max_tokens === 40) return void response.writeHead(500).end()
      begin()
      piece(before)
      await Promise.race([gate.promise, gone])
      piece(after)
      finish()
      return undefined
    },
  }
}

describe('a conversation', () => {
  test('is there at once, is written as it comes, and has an address of its own', async () => {
    const answer = held('The first **half', ' and** the second')
    llm.script = answer.script
    await send('tell me')
    await said('tell me').waitFor()
    await log().getByText('The first').waitFor()
    await page.waitForURL(/\/assistant\/\d+$/)
    await page.getByRole('button', { name: 'Stop the answer' }).waitFor()
    answer.release()
    await log().locator('strong', { hasText: 'half and' }).waitFor()
    await page.getByRole('button', { name: 'Send' }).waitFor()
    await page.getByRole('navigation', { name: 'Conversations' }).getByText('tell me').first().waitFor()
  })

  test('stopped by Esc keeps what is there and says so', async () => {
    llm.script = held('Only this much', ' never').script
    await send('a long one')
    await log().getByText('Only this much').waitFor()
    await page.keyboard.press('Escape')
    await log().getByText('Stopped', { exact: true }).waitFor()
    expect(await log().textContent()).not.toContain('never')
  })

  test('goes on being written over a reload', async () => {
    const answer = held('Before the reload, ', 'after the reload.')
    llm.script = answer.script
    await send('survive')
    await log().getByText('Before the reload,').waitFor()
    await page.waitForURL(/\/assistant\/\d+$/)
    await page.reload()
    await log().getByText('Before the reload,').waitFor()
    answer.release()
    await log().getByText('Before the reload, after the reload.').waitFor()
    await page.getByRole('button', { name: 'Send' }).waitFor()
  })

  test('goes on in another tab, which hears of it by itself', async () => {
    await send('one')
    await page.waitForURL(/\/assistant\/\d+$/)
    await log().getByRole('article').nth(1).getByText('one').waitFor()
    const other = await browser.context.newPage()
    try {
      await other.goto(page.url())
      await other.getByRole('log').getByRole('article').nth(1).waitFor()
      await send('two')
      await other.getByRole('log').getByRole('article').nth(3).getByText('two').waitFor()
    } finally {
      await other.close()
    }
  })

  test('an earlier message said otherwise makes a branch, and both can be seen', async () => {
    await send('first wording')
    await log().getByRole('article').nth(1).getByText('first wording').waitFor()
    await box().press('ArrowUp')
    await page.getByRole('textbox', { name: 'Edit message' }).fill('second wording')
    await page.getByRole('textbox', { name: 'Edit message' }).press('Enter')
    await log().getByRole('article').nth(1).getByText('second wording').waitFor()
    await log().getByText('2/2').waitFor()
    await page.getByRole('button', { name: 'Previous version' }).click()
    await log().getByRole('article').nth(1).getByText('first wording').waitFor()
    await log().getByText('1/2').waitFor()
  })

  test('a failed answer keeps the question and can be asked for again', async () => {
    llm.script = ({ response }) => void response.writeHead(429, { 'retry-after': '5' }).end('{}')
    await send('are you there?')
    await log().getByText('The language model is too busy. Please try again later.').waitFor()
    llm.script = echo
    await log().getByRole('button', { name: 'Answer again' }).first().click()
    await log().getByRole('article').nth(1).getByText('are you there?').waitFor()
    await log().getByText('2/2').waitFor()
  })

  test('a server out of reach: the message stays and goes out when asked again', async () => {
    await page.route('**/api/chat/stream', (route) => route.abort())
    await send('hello?')
    await log().getByRole('alert').waitFor()
    await page.unroute('**/api/chat/stream')
    await log().getByRole('button', { name: 'Send again' }).click()
    await log().getByRole('article').nth(1).getByText('hello?').waitFor()
  })
})

describe('typing', () => {
  test('the Enter that ends a composition of Chinese does not send; Shift+Enter is a new line', async () => {
    const client = await browser.context.newCDPSession(page)
    await box().focus()
    await client.send('Input.imeSetComposition', { text: 'ㄋㄧˇ', selectionStart: 3, selectionEnd: 3 })
    const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
    await client.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter })
    await client.send('Input.insertText', { text: '你' })
    await client.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter })
    expect(await box().inputValue()).toBe('你')
    expect(llm.requests.some((one) => one.messages.at(-1)?.content === '你')).toBe(false)
    await box().press('Shift+Enter')
    await box().pressSequentially('好')
    expect(await box().inputValue()).toBe('你\n好')
    await box().press('Enter')
    await log().getByRole('article').nth(1).waitFor()
    const asked = () => llm.requests.findLast((one) => one.max_tokens !== 40)?.messages.at(-1)?.content
    await expect.poll(asked).toBe('你\n好')
  })

  test('what was typed is kept over a reload, apart for each conversation', async () => {
    await box().fill('half a thought')
    await page.reload()
    await box().waitFor()
    await expect.poll(() => box().inputValue()).toBe('half a thought')
    await send('another')
    await page.waitForURL(/\/assistant\/\d+$/)
    await expect.poll(() => box().inputValue()).toBe('')
  })
})

describe('a conversation of 5,000 messages', () => {
  const COUNT = 5_000
  let id: number

  beforeAll(async () => {
    const db = await openDatabase({ dataDir, log: silentLog, besideServer: true })
    try {
      const [conversation] = await db.query<{ id: number }>(
        "INSERT INTO conversations (account_id, title) SELECT max(id), 'A long one' FROM accounts RETURNING id",
      )
      id = conversation?.id ?? 0
      // Each stands under the one before it; numbers are given out in order.
      await db.query(
        `WITH first AS (SELECT coalesce(max(id), 0) AS id FROM chat_messages), made AS (
           INSERT INTO chat_messages (id, conversation_id, parent_id, role, content, status, grams) OVERRIDING SYSTEM VALUE
           SELECT first.id + i, $1, CASE WHEN i > 1 THEN first.id + i - 1 END,
             CASE WHEN i % 2 = 1 THEN 'user' ELSE 'assistant' END,
             CASE WHEN i = 301 THEN '台北的夜市' ELSE 'Message number ' || i || '.' END, 'complete',
             CASE WHEN i = 301 THEN $3::integer[] ELSE '{}' END
           FROM first, generate_series(1, $2) i RETURNING id
         ) SELECT setval(pg_get_serial_sequence('chat_messages', 'id'), max(id)) FROM made`,
        [id, COUNT, gramsOf('台北的夜市')],
      )
      await db.query('UPDATE conversations SET leaf_id = (SELECT max(id) FROM chat_messages) WHERE id = $1', [id])
    } finally {
      await db.close()
    }
  })

  test('opens at its end, holds few elements, and stays where it is while older ones load', async () => {
    await page.goto(`${server.url}/assistant/${id}`)
    await log().getByText(`Message number ${COUNT}.`).waitFor()
    await log().hover()
    // Loading what comes before moves nothing: what is read now is read after it too.
    const topmost = async (): Promise<number> => {
      let number = Number.NaN
      const look = async (): Promise<number> =>
        (number = await log().evaluate((element) => {
          const { top } = element.getBoundingClientRect()
          const row = [...element.querySelectorAll('article')].find((one) => one.getBoundingClientRect().bottom > top)
          return Number(/number (\d+)/.exec(row?.textContent ?? '')?.[1])
        }))
      // While rows are being changed for others there may be none for a moment.
      await expect.poll(look).not.toBeNaN()
      return number
    }
    // A turn of the wheel at the very edge of what is loaded moves nothing; the next one does.
    let turns = 0
    const turned = async (by: number): Promise<number> => {
      turns++
      await page.mouse.wheel(0, by)
      await drawn(page)
      return topmost()
    }
    await expect.poll(() => turned(-1_500), { timeout: 20_000 }).toBeLessThan(COUNT - 40)
    for (let turn = 0; turn < 12; turn++) {
      const before = await topmost()
      turns = 0
      await expect.poll(() => turned(-2_400), { timeout: 20_000 }).toBeLessThan(before)
      // One turn shows at most fifty messages; more would be a jump.
      expect(await topmost()).toBeGreaterThan(before - 50 - 50 * turns)
      expect(await log().getByRole('article').count()).toBeLessThan(80)
    }
  })

  test('is searched in Chinese, and what is found is shown where it stands', async () => {
    await page.getByRole('searchbox').fill('夜市')
    await page.getByRole('navigation', { name: 'Search results' }).getByRole('link').click()
    await said('台北的夜市').waitFor()
    await log().getByText('Message number 302.').waitFor()
  })
})

test('a hostile answer runs nothing and asks nobody for anything', async () => {
  const hostile = [
    '<script>document.title = "owned"</script>',
    '<img src="http://192.0.2.1/raw.png" onerror="document.title=\'owned\'">',
    '<iframe src="http://192.0.2.1/frame"></iframe>',
    '![pixel](http://192.0.2.1/pixel.png?secret=1)',
    '[click](javascript:document.title="owned")',
    '[data](data:text/html,<script>1</script>)',
    '[fine](https://example.com/page)',
    '$\\href{javascript:document.title="owned"}{x}$ and $\\includegraphics{http://192.0.2.1/tex.png}$',
    '```html\n<script>document.title = "owned"</script>\n```',
    'the end',
  ].join('\n\n')
  const own = new URL(server.url).host
  const strange: string[] = []
  page.on('request', (request) => {
    const { host, protocol } = new URL(request.url())
    if (/^https?:$/.test(protocol) && host !== own) strange.push(request.url())
  })
  llm.script = ({ body, begin, piece, finish, response }) => {
    if (body.max_tokens === 40) return void response.writeHead(500).end()
    begin()
    for (let at = 0; at < hostile.length; at += 7) piece(hostile.slice(at, at + 7))
    finish()
    return undefined
  }
  await send('be evil')
  await log().getByText('the end', { exact: true }).waitFor()
  await log().locator('.katex').first().waitFor()
  await page.getByRole('button', { name: 'Send' }).waitFor()
  expect(await log().locator('script, iframe, img, [onerror]').count()).toBe(0)
  const links = await log()
    .locator('a')
    .evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('rel'), a.getAttribute('target')]))
  expect(links).toEqual([
    ['http://192.0.2.1/pixel.png?secret=1', 'noopener noreferrer nofollow', '_blank'],
    ['https://example.com/page', 'noopener noreferrer nofollow', '_blank'],
  ])
  expect(await page.title()).not.toContain('owned')
  expect(strange).toEqual([])
})

test('reading back is not disturbed by what comes in', async () => {
  const gate = Promise.withResolvers<void>()
  const more = Promise.withResolvers<void>()
  llm.script = async ({ body, begin, piece, finish, response }) => {
    if (body.max_tokens === 40) return void response.writeHead(500).end()
    begin()
    for (let i = 0; i < 60; i++) piece(`Paragraph ${i}.\n\n`)
    await gate.promise
    for (let i = 60; i < 90; i++) piece(`Paragraph ${i}.\n\n`)
    await more.promise
    piece('The last word.')
    finish()
    return undefined
  }
  await send('a long story')
  // It follows by itself as long as one is at the end.
  await log().getByText('Paragraph 59.').waitFor()
  const top = (): Promise<number> => log().evaluate((element) => element.scrollTop)
  await expect.poll(() => log().evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight)).toBeLessThan(40)
  await log().hover()
  await page.mouse.wheel(0, -600)
  await page.getByRole('button', { name: 'Jump to the latest' }).waitFor()
  await drawn(page)
  const before = await top()
  gate.resolve()
  await log().getByText('Paragraph 89.').waitFor({ state: 'attached' })
  expect(Math.abs((await top()) - before)).toBeLessThan(2)
  await page.getByRole('button', { name: 'Jump to the latest' }).click()
  more.resolve()
  await log().getByText('The last word.').waitFor()
  await expect.poll(() => log().evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight)).toBeLessThan(40)
})
