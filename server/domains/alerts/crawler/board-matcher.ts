import type { Database } from '#kernel/db/database.ts'
import { isFault } from '#kernel/fault.ts'
import type { SubscriptionType } from '#contracts/schemas/alerts.ts'
import { keyOf, parseExpression } from '../matching/expression.ts'
import { fold } from '../matching/fold.ts'
import { createKeywordMatcher } from '../matching/keyword-matcher.ts'
import type { KeywordMatcher } from '../matching/keyword-matcher.ts'
import { authorKey } from '../value.ts'

/** Everything a board's subscriptions ask for, in memory, and brought up to date before each use. */
export interface BoardMatcher {
  /** Reads what changed since the last time. */
  sync(): Promise<void>
  /** Subscriptions a new article matches. */
  ofArticle(title: string, author: string): number[]
  /** Subscriptions whose count an article reaches as it goes from `before` to `now`. */
  ofPushes(before: number, now: number): number[]
  readonly watchesPushes: boolean
  /** A subscription is gone. */
  forget(subscriptionId: number): void
}

interface Row {
  readonly id: number
  readonly subType: SubscriptionType
  readonly value: string
  readonly enabled: boolean
  readonly at: Date
}

/** A row may be committed this much later than its time says; younger ones are read again. */
const OVERLAP_MS = 60_000
/** Terms that nobody uses any more stay in the automaton; after so many changes it is made anew. */
const RENEW_AFTER = 50_000

/** A matcher of one board's subscriptions; empty until `sync`. */
export function createBoardMatcher(db: Database, boardId: number): BoardMatcher {
  let keywords: KeywordMatcher = createKeywordMatcher()
  let authors = new Map<string, Set<number>>()
  let pushes = new Map<number, Set<number>>()
  let placeOf = new Map<number, { kind: SubscriptionType; key: string; value: string }>()
  let upTo = new Date(0)
  let changes = 0

  const forget = (id: number): void => {
    const place = placeOf.get(id)
    if (place === undefined) return
    placeOf.delete(id)
    changes++
    if (place.kind === 'keyword') keywords.remove(id)
    else if (place.kind === 'author') removeFrom(authors, place.key, id)
    else removeFrom(pushes, Number(place.key), id)
  }

  const add = ({ id, subType, value }: Row): void => {
    const known = placeOf.get(id)
    if (known !== undefined && known.kind === subType && known.value === value) return
    forget(id)
    if (subType === 'keyword') {
      try {
        const expression = parseExpression(value)
        keywords.add(id, keyOf(value, expression), expression)
      } catch (error) {
        // Taken once, refused by a later release: it matches nothing, and keeps nobody else from matching.
        if (!isFault(error)) throw error
        return
      }
    } else if (subType === 'author') addTo(authors, authorKey(value), id)
    else addTo(pushes, Number(value), id)
    placeOf.set(id, { kind: subType, value, key: subType === 'author' ? authorKey(value) : value })
  }

  const renew = (): void => {
    keywords = createKeywordMatcher()
    authors = new Map()
    pushes = new Map()
    placeOf = new Map()
    upTo = new Date(0)
    changes = 0
  }

  return {
    forget,
    sync: async () => {
      if (changes > RENEW_AFTER) renew()
      const rows = await db.prepared<Row>(
        `SELECT id, sub_type AS "subType", value, enabled, updated_at AS at FROM alert_subscriptions
         WHERE board_id = $1 AND updated_at > $2 ORDER BY id`,
        [boardId, upTo],
      )
      for (const row of rows) {
        if (row.enabled) add(row)
        else forget(row.id)
        if (row.at.getTime() - OVERLAP_MS > upTo.getTime()) upTo = new Date(row.at.getTime() - OVERLAP_MS)
      }
    },
    ofArticle: (title, author) => {
      const found = new Set(authors.get(authorKey(author)))
      keywords.match(fold(title), (ids) => {
        for (const id of ids) found.add(id)
      })
      return [...found]
    },
    ofPushes: (before, now) => {
      const found: number[] = []
      for (const [wanted, ids] of pushes) {
        const reached = wanted > 0 ? before < wanted && now >= wanted : before > wanted && now <= wanted
        if (reached) found.push(...ids)
      }
      return found
    },
    get watchesPushes() {
      return pushes.size > 0
    },
  }
}

function addTo<K>(map: Map<K, Set<number>>, key: K, id: number): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, new Set([id]))
  else known.add(id)
}

function removeFrom<K>(map: Map<K, Set<number>>, key: K, id: number): void {
  const known = map.get(key)
  known?.delete(id)
  if (known?.size === 0) map.delete(key)
}
