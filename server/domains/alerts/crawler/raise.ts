import type { Transaction } from '#kernel/db/executor.ts'
import type { SubscriptionType } from '#contracts/schemas/alerts.ts'
import type { Outgoing } from '#domains/notify/outgoing.ts'
import type { ListedArticle, Phrase } from '../ports.ts'
import { ACCOUNT_ACTIVE } from '../subscription-store.ts'

/** An article and the subscriptions it matches. */
export interface Match {
  readonly article: ListedArticle
  readonly kind: 'new' | 'push' | 'boo'
  readonly subscriptionIds: readonly number[]
  /** Found too late to be sent out: it is only listed. */
  readonly stale: boolean
}

/** An alert that was raised. */
export interface Raised {
  readonly alertId: number
  readonly accountId: number
  readonly match: Match
  readonly subType: SubscriptionType
  readonly value: string
  readonly locale: string | null
}

interface Subscriber {
  readonly id: number
  readonly accountId: number
  readonly subType: SubscriptionType
  readonly value: string
  readonly since: Date
  readonly unsettled: boolean
  readonly locale: string | null
}

/**
 * Writes down the alerts of matches: one for each account, article and kind, however many of its subscriptions match,
 * for subscriptions and accounts that are on. Returns the alerts and the subscriptions that are no more.
 */
export async function raiseAlerts(
  tx: Transaction,
  matches: readonly Match[],
  about: { board: string; now: Date; urlOf: (fileName: string) => string },
): Promise<{ raised: Raised[]; gone: number[] }> {
  const ids = [...new Set(matches.flatMap((match) => match.subscriptionIds))]
  const subscribers = new Map((await findSubscribers(tx, ids)).map((one) => [one.id, one]))
  const wanted = new Map<string, Omit<Raised, 'alertId'>>()
  for (const match of matches) {
    for (const id of match.subscriptionIds) {
      const subscriber = subscribers.get(id)
      if (subscriber === undefined || wasThere(match, subscriber)) continue
      const key = `${subscriber.accountId} ${match.article.fileName} ${match.kind}`
      if (!wanted.has(key)) wanted.set(key, { ...subscriber, match })
    }
  }
  const rows = wanted.size === 0 ? [] : await insertAlerts(tx, [...wanted.values()], about)
  const raised = rows.map((row) => {
    const found = wanted.get(`${row.accountId} ${row.fileName} ${row.kind}`) as Omit<Raised, 'alertId'>
    return { ...found, alertId: row.id }
  })
  return { raised, gone: ids.filter((id) => !subscribers.has(id)) }
}

/** Where the board could not be read as the subscription was made, only the article's own time tells. */
function wasThere({ article, kind }: Match, { unsettled, since }: Subscriber): boolean {
  return kind === 'new' && unsettled && article.postedAt.getTime() < since.getTime()
}

function findSubscribers(tx: Transaction, ids: readonly number[]): Promise<Subscriber[]> {
  return tx.query(
    `SELECT s.id, s.account_id AS "accountId", s.sub_type AS "subType", s.value, s.since, s.unsettled, a.locale
     FROM alert_subscriptions s JOIN accounts a ON a.id = s.account_id AND ${ACCOUNT_ACTIVE}
     WHERE s.id = ANY ($1) AND s.enabled ORDER BY s.id`,
    [ids],
  )
}

function insertAlerts(
  tx: Transaction,
  wanted: readonly Omit<Raised, 'alertId'>[],
  { board, now, urlOf }: { board: string; now: Date; urlOf: (fileName: string) => string },
): Promise<{ id: number; accountId: number; fileName: string; kind: string }[]> {
  const articles = wanted.map((one) => one.match.article)
  return tx.query(
    `INSERT INTO alerts (account_id, board, file_name, kind, title, author, url, pushes, sub_type, value, posted_at, created_at)
     SELECT account_id, $1, file_name, kind, title, author, url, pushes, sub_type, value, posted_at, $2
     FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $10::text[], $11::text[],
                 $12::timestamptz[]) WITH ORDINALITY
          AS x (account_id, file_name, kind, title, author, url, pushes, sub_type, value, posted_at, n)
     ORDER BY n
     ON CONFLICT ON CONSTRAINT alerts_once DO NOTHING
     RETURNING id, account_id AS "accountId", file_name AS "fileName", kind`,
    [
      board,
      now,
      wanted.map((one) => one.accountId),
      articles.map((one) => one.fileName),
      wanted.map((one) => one.match.kind),
      articles.map((one) => one.title),
      articles.map((one) => one.author),
      articles.map((one) => urlOf(one.fileName)),
      articles.map((one) => one.pushes),
      wanted.map((one) => one.subType),
      wanted.map((one) => one.value),
      articles.map((one) => one.postedAt),
    ],
  )
}

/** More alerts of one account at once than this are told in one message. */
const MOST_SINGLE = 5

/** What accounts are told of alerts, oldest article first. */
export function messagesOf(
  raised: readonly Raised[],
  about: { board: string; urlOf: (fileName: string) => string; phrase: Phrase },
): Outgoing[] {
  const byAccount = Map.groupBy(raised, (one) => `${one.accountId} ${one.match.stale}`)
  return [...byAccount.values()].flatMap((ofOne) => {
    const inOrder = ofOne.toSorted((a, b) => a.match.article.postedAt.getTime() - b.match.article.postedAt.getTime())
    return inOrder.length > MOST_SINGLE ? [digestOf(inOrder, about)] : inOrder.map((one) => messageOf(one, about))
  })
}

function messageOf(
  one: Raised,
  { board, urlOf, phrase }: { board: string; urlOf: (fileName: string) => string; phrase: Phrase },
): Outgoing {
  const { article, kind, stale } = one.match
  const values = { author: article.author, value: one.value, count: article.pushes ?? 0 }
  const why =
    kind === 'new' ? phrase(one.locale, `alert.${one.subType}`, values) : phrase(one.locale, `alert.${kind}`, values)
  return {
    accountId: one.accountId,
    kind: 'alerts.article',
    dedupeKey: `alert:${board}:${article.fileName}:${kind}`,
    title: phrase(one.locale, 'alert.title', { board, title: article.title }),
    text: why,
    url: urlOf(article.fileName),
    ...(stale && { channels: [] }),
  }
}

function digestOf(
  many: readonly Raised[],
  { board, urlOf, phrase }: { board: string; urlOf: (fileName: string) => string; phrase: Phrase },
): Outgoing {
  const { accountId, locale, match } = many[0] as Raised
  const last = many.at(-1) as Raised
  const lines = many.map(
    ({ match: { article } }) => `${article.title}（${article.author}）\n${urlOf(article.fileName)}`,
  )
  return {
    accountId,
    kind: 'alerts.digest',
    dedupeKey: `alerts:${board}:${match.article.fileName}:${last.match.article.fileName}:${many.length}`,
    title: phrase(locale, 'alert.digest', { board, count: many.length }),
    text: lines.join('\n\n'),
    url: '/alerts',
    ...(match.stale && { channels: [] }),
  }
}
