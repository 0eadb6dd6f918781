import type { Jobs } from '#kernel/jobs/jobs.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import type { Executor } from '#kernel/db/executor.ts'
import { findAccount, findByName } from './account-store.ts'
import type { Account } from './account.ts'
import { nowOf } from './parts.ts'
import type { Parts } from './parts.ts'
import { issueReset } from './password-reset-store.ts'
import type { ComposeLetter, Locale, Mailer, Visit } from './ports.ts'

/** Writes to people, in the background, so that no answer's time tells whether a mail went out. */
export interface Letters {
  /** Mails a link to choose a new password to whoever has this address, if anybody has. */
  passwordReset(email: string, visit: Visit): Promise<void>
  /** Tells an account's owner of a change, at the address they had before it. */
  notice(
    tx: Transaction,
    account: Account,
    kind: 'password-changed' | 'email-changed',
    change: NoticeDetails,
  ): Promise<void>
}

interface NoticeDetails {
  readonly visit: Visit
  /** The new address, where that is the change. */
  readonly email?: string
}

interface ResetInput {
  readonly email: string
  readonly origin: string | null
  readonly locale: Locale | null
}

interface NoticeInput {
  readonly accountId: number
  readonly kind: 'password-changed' | 'email-changed'
  readonly to: string
  readonly at: number
  readonly address: string
  readonly email: string
  readonly locale: Locale | null
}

const RESET_MAIL = 'identity.password-reset-mail'
const NOTICE_MAIL = 'identity.notice-mail'
/** More mails than this in an hour to one account would be somebody's mischief. */
const RESETS_AN_HOUR = 5
/** A minute, doubled with each retry: an hour and a half in all. */
const RETRY = { retries: 6, retryDelayMs: 60_000, timeoutMs: 60_000 } as const

/** Defines the jobs that send our mails, and returns what asks for them. */
export function createLetters(
  parts: Parts & {
    jobs: Pick<Jobs, 'define'>
    mailer: Mailer
    compose: ComposeLetter
    /** The address people use, where it is configured. */
    publicUrl: string | undefined
  },
): Letters {
  const { db, jobs, mailer, compose, clock, publicUrl } = parts

  const reset = jobs.define<ResetInput, { sent: boolean }>(
    RESET_MAIL,
    { ...RETRY, concurrency: 2 },
    async ({ input }) => {
      const account = await findByName(db, input.email, { orLogin: false, now: clock.now() })
      if (account === undefined || account.status !== 'active') return { sent: false }
      if ((await resetsLastHour(db, account.id, nowOf(parts))) >= RESETS_AN_HOUR) return { sent: false }
      const token = await issueReset(db, account.id, nowOf(parts))
      // Where the owner last signed in, before what the request claims: its Host header is the asker's to forge.
      const base = publicUrl ?? account.origin ?? input.origin ?? 'http://localhost:8000'
      const letter = compose('password-reset', account.locale ?? input.locale ?? 'zh-TW', {
        name: account.displayName,
        link: `${base}/reset-password?token=${token}`,
      })
      await mailer.send({ to: account.email, ...letter })
      return { sent: true }
    },
  )

  const notice = jobs.define<NoticeInput, { sent: boolean }>(
    NOTICE_MAIL,
    { ...RETRY, concurrency: 2 },
    async ({ input }) => {
      const account = await findAccount(db, input.accountId, clock.now())
      if (account === undefined || account.status === 'deleted') return { sent: false }
      const locale = account.locale ?? input.locale ?? 'zh-TW'
      const time = new Intl.DateTimeFormat(locale, {
        dateStyle: 'long',
        timeStyle: 'short',
        timeZone: account.timeZone,
      }).format(input.at)
      const letter = compose(input.kind, locale, {
        name: account.displayName,
        time: `${time} (${account.timeZone})`,
        address: input.address,
        email: input.email,
      })
      await mailer.send({ to: input.to, ...letter })
      return { sent: true }
    },
  )

  return {
    passwordReset: async (email, visit) => {
      await reset.enqueue({ email, origin: visit.origin, locale: visit.locale })
    },
    notice: async (tx, account, kind, { visit, email = '' }) => {
      const input: NoticeInput = {
        accountId: account.id,
        kind,
        to: account.email,
        at: clock.now(),
        address: visit.address,
        email,
        locale: visit.locale,
      }
      await notice.enqueue(input, { tx, accountId: account.id })
    },
  }
}

async function resetsLastHour(db: Executor, accountId: number, now: Date): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    'SELECT count(*) AS count FROM password_resets WHERE account_id = $1 AND created_at > $2',
    [accountId, new Date(now.getTime() - 60 * 60_000)],
  )
  return row?.count ?? 0
}
