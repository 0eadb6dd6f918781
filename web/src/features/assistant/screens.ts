import type { ChatMessage } from '#contracts/schemas/assistant.ts'
import type { Answer, Screen } from '../../app/screen.ts'
import { conversations, ended, good } from './screens-data.ts'

const answered = (body: object, status = 200): Answer => ({ status, body: { message: 'OK', ...body } })
const models = answered({ models: ['gemma-3-27b', 'gemma-3-4b', 'qwen3-32b'], defaultModel: 'gemma-3-27b' })

const base = {
  'GET /api/chat/conversations': answered({ convs: conversations, hasMore: false, nextCursor: null }),
  'GET /api/chat/models': models,
  'GET /api/chat/conversations/7': answered({ conv: conversations[1] }),
  'GET /api/chat/settings': answered({ settings: { systemPrompt: '請用繁體中文回答，先講結論。' } }),
}
const thread = (messages: readonly ChatMessage[]): Record<string, Answer> => ({
  ...base,
  'GET /api/chat/conversations/7/messages': answered({ messages, hasMore: false, nextCursor: null }),
})

const notConfigured: Answer = {
  status: 503,
  body: {
    error: 'Assistant unavailable',
    message: 'Assistant unavailable',
    details: 'No language model is configured: set CONFAB_LLM_URL and CONFAB_LLM_MODEL',
  },
}

export const screens: readonly Screen[] = [
  { name: 'list', path: '/assistant', answers: base },
  { name: 'new', path: '/assistant/new', answers: base },
  {
    name: 'chat',
    path: '/assistant/7',
    answers: thread(good),
    until: '每月定期定額的期末金額',
    prepare: async (page) => {
      await page.locator('.katex').first().waitFor()
      await page.locator('.hljs-keyword').first().waitFor()
    },
  },
  {
    name: 'chat-top',
    path: '/assistant/7',
    answers: thread(good),
    prepare: async (page) => {
      await page.locator('.katex').first().waitFor()
      await page.locator('[role=log]').evaluate((log) => log.scrollTo(0, 0))
    },
  },
  { name: 'endings', path: '/assistant/7', answers: thread(ended) },
  {
    name: 'writing',
    path: '/assistant/7',
    answers: {
      ...thread(good),
      'POST /api/chat/stream': { body: null, never: true },
    },
    prepare: async (page) => {
      await page.locator('textarea').fill('那如果我想提早十年退休呢？')
      await page.keyboard.press('Enter')
      await page.locator('[role=log] p[role=status]').waitFor()
    },
  },
  {
    name: 'unsent',
    path: '/assistant/7',
    answers: { ...thread(good), 'POST /api/chat/stream': answered({ error: 'x' }, 409) },
    prepare: async (page) => {
      await page.locator('textarea').fill('那如果我想提早十年退休呢？')
      await page.keyboard.press('Enter')
      await page.locator('[role=log] [role=alert]').waitFor()
    },
  },
  {
    name: 'instructions',
    path: '/assistant/7',
    answers: thread(good),
    prepare: async (page) => {
      await page.locator('header button').last().click()
      await page.locator('[role=menuitem]').first().click()
      await page.locator('[role=dialog] textarea').first().waitFor()
    },
  },
  {
    name: 'search',
    path: '/assistant',
    answers: {
      ...base,
      'GET /api/chat/search': answered({
        hits: [
          {
            conversationId: 7,
            title: '複利與每月定期定額的試算',
            messageId: 71,
            excerpt: '…假設每月投入 10,000 元、年報酬 5%，結果大約如下：想自己算的話，可以用這段程式',
            updatedAt: '2026-11-20T01:40:00Z',
          },
          {
            conversationId: 12,
            title: '年報酬怎麼算',
            messageId: null,
            excerpt: '年報酬怎麼算',
            updatedAt: '2026-10-28T06:00:00Z',
          },
        ],
      }),
    },
    prepare: async (page) => {
      const box = page.locator('input[type=search]')
      // On a narrow page the list stands alone; on a wide one beside the chat.
      await box.fill('年報酬')
      await page.locator('mark').first().waitFor()
    },
  },
  { name: 'not-configured', path: '/assistant/new', answers: { ...base, 'GET /api/chat/models': notConfigured } },
  {
    name: 'loading',
    path: '/assistant/7',
    answers: { ...base, 'GET /api/chat/conversations/7/messages': { body: null, never: true } },
  },
  {
    name: 'failed',
    path: '/assistant/7',
    answers: { ...base, 'GET /api/chat/conversations/7/messages': answered({ error: 'x' }, 500) },
  },
  { name: 'gone', path: '/assistant/99', answers: base },
  {
    name: 'empty',
    path: '/assistant',
    answers: { ...base, 'GET /api/chat/conversations': answered({ convs: [], hasMore: false, nextCursor: null }) },
  },
]
