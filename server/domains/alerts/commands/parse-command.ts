import type { SubscriptionType } from '#contracts/schemas/alerts.ts'

/** What somebody asks a bot. */
export type Command =
  | { readonly kind: 'help' | 'list' | 'bind' }
  | { readonly kind: 'redeem'; readonly code: string }
  | {
      readonly kind: 'add' | 'remove'
      readonly subType: SubscriptionType
      readonly boards: readonly string[]
      readonly values: readonly string[]
    }
  | { readonly kind: 'unknown' }

const CODE = /^(?:\/start(?:@\w+)?\s+)?(?:BIND[_\s])?([A-Za-z0-9]{32})$/
const CHANGE = /^(新增|刪除|删除|add|delete)\s*(關鍵字|作者|推文數|噓文數|keyword|author|push|boo)?\s+(\S+)\s+(.+)$/is
const SIMPLE: Readonly<Record<string, 'help' | 'list' | 'bind'>> = {
  '/start': 'help',
  '/help': 'help',
  help: 'help',
  指令: 'help',
  '/list': 'list',
  list: 'list',
  清單: 'list',
  清单: 'list',
  '/bind': 'bind',
  綁定: 'bind',
}
/** Boards times values one message may change. */
const MOST_CHANGES = 30

/** Reads a message: commas, Chinese ones too, name several boards or several values at once. */
export function parseCommand(message: string): Command {
  const text = message.trim().replace(/\s+/g, ' ')
  const code = CODE.exec(text)
  if (code) return { kind: 'redeem', code: code[1] as string }
  const simple = SIMPLE[text.toLowerCase().replace(/@\w+$/, '')]
  if (simple !== undefined) return { kind: simple }
  const change = CHANGE.exec(text)
  if (change === null) return { kind: 'unknown' }
  const [, verb = '', what = '', boardList = '', rest = ''] = change
  const boards = listOf(boardList)
  const subType = typeOf(what)
  // A pattern may hold commas of its own.
  const given = /^regexp:/i.test(rest) ? [rest.trim()] : listOf(rest)
  const values = /^(噓文數|boo)$/i.test(what)
    ? given.map((value) => (/^\d+$/.test(value) ? `-${value}` : value))
    : given
  if (boards.length === 0 || values.length === 0 || boards.length * values.length > MOST_CHANGES) {
    return { kind: 'unknown' }
  }
  return { kind: /^(新增|add)$/i.test(verb) ? 'add' : 'remove', subType, boards, values }
}

function typeOf(what: string): SubscriptionType {
  if (/^(作者|author)$/i.test(what)) return 'author'
  return /^(推文數|噓文數|push|boo)$/i.test(what) ? 'pushsum' : 'keyword'
}

function listOf(text: string): string[] {
  const parts = text.split(/[,，]/).map((part) => part.trim())
  return [...new Set(parts.filter((part) => part !== ''))]
}
