import { exportConversation } from '#contracts/assistant.ts'
import { callApi } from '@/lib/api.ts'

const TIMEOUT_MS = 60_000

/** Saves the shown branch of a conversation as a file named after it. */
export async function downloadConversation(id: number, title: string, format: 'markdown' | 'json'): Promise<void> {
  const options = { timeout: TIMEOUT_MS }
  const answer = await callApi(exportConversation, { params: { conversationId: id }, query: { format } }, options)
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer, undefined, 2)
  const type = format === 'json' ? 'application/json' : 'text/markdown'
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${title.replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim() || id}.${format === 'json' ? 'json' : 'md'}`
  link.click()
  // The browser has begun to save once this turn is over.
  setTimeout(() => URL.revokeObjectURL(url))
}
