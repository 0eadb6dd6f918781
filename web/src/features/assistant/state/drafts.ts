import type { ThreadKey } from './threads.ts'

const PREFIX = 'confab.assistant.draft.'

/** What was typed in a conversation and not sent. */
export function draftOf(key: ThreadKey): string {
  return localStorage.getItem(PREFIX + key) ?? ''
}

/** Keeps it, also over a reload; an empty one is forgotten. */
export function keepDraft(key: ThreadKey, text: string): void {
  if (text === '') localStorage.removeItem(PREFIX + key)
  else localStorage.setItem(PREFIX + key, text)
}
