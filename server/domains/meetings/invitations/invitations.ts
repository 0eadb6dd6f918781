import type { Clock } from '#kernel/clock.ts'
import { coalesced } from '#kernel/coalesced.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import type { Locale } from '../ports.ts'
import { invitationFile } from './calendar-file.ts'
import { dueTidings, lastSequence, markTold, meetingsWithDueTidings } from './due.ts'
import type { DueTiding, Tiding } from './due.ts'

/** The words of a mail or a notification, in the reader's language and on the reader's clock. */
export type TidingWords<Words> = (
  tiding: Tiding,
  reader: { readonly name: string; readonly locale: Locale; readonly zone: string },
  meeting: {
    readonly title: string
    readonly start: Date
    readonly end: Date
    readonly hostName: string
    readonly link: string
  },
) => Words

/** What invitations are made with. */
export interface InvitationParts {
  readonly db: Database
  readonly jobs: Pick<Jobs, 'define'>
  readonly clock: Clock
  readonly mailer: {
    send(mail: {
      to: string
      subject: string
      text: string
      html: string
      calendar: { method: 'REQUEST' | 'CANCEL'; content: string }
    }): Promise<void>
  }
  readonly letter: TidingWords<{ subject: string; text: string; html: string }>
  readonly notice: TidingWords<{ title: string; text: string }>
  readonly notify: (
    notification: {
      accountId: number
      kind: string
      dedupeKey: string
      title: string
      text: string
      url?: string
      expiresAt: Date
    },
    tx: Transaction,
  ) => Promise<unknown>
  /** The address people use, where it is configured. */
  readonly publicUrl: string | undefined
  /** The address our mails come from: it stands as the organizer, so that nobody's own is given away. */
  readonly sender: string
}

/** A letter on its way; the times are RFC 3339. */
interface LetterInput extends Omit<DueTiding, 'start' | 'end'> {
  readonly start: string
  readonly end: string
}

interface Reader {
  readonly email: string
  readonly name: string
  readonly locale: Locale | null
  readonly zone: string
  readonly origin: string | null
}

const SWEEP_MS = 5 * 60_000
const MOST_MEETINGS = 200
/** A minute, doubled with each retry: an hour and a half in all. */
const RETRY = { retries: 6, retryDelayMs: 60_000, timeoutMs: 60_000 } as const
const FALLBACK_URL = 'http://localhost:8000'

/** Tells people who were named to a meeting, by mail with a calendar file and by notification. */
export interface Invitations {
  /** Tells whoever of a meeting has not been told how things stand; to be called after each change. */
  sync(meetingId: number): Promise<void>
  /** The same for all meetings. */
  syncAll(): Promise<number>
}

/**
 * What was told is kept and compared with what is, so that a lost event or a crash is made up for by the next round.
 * The mark, the notification and the job that mails are one transaction.
 */
export function createInvitations(parts: InvitationParts): Invitations {
  const { db, jobs, clock, mailer, letter, notice, notify, publicUrl, sender } = parts
  const now = (): Date => new Date(clock.now())

  const readerOf = async (accountId: number, on: Pick<Database, 'query'> = db): Promise<Reader | undefined> => {
    const [reader] = await on.query<Reader>(
      `SELECT email, display_name AS name, locale, time_zone AS zone, origin FROM accounts
       WHERE id = $1 AND status = 'active'`,
      [accountId],
    )
    return reader
  }

  const mail = jobs.define<LetterInput, { sent: boolean }>(
    'meetings.invitation-mail',
    { ...RETRY, concurrency: 2 },
    async ({ input }) => {
      const reader = await readerOf(input.accountId)
      if (reader === undefined) return { sent: false }
      // A later word is on its way, or sent: this one would only confuse.
      if ((await lastSequence(db, input.meetingId, input.accountId)) !== input.sequence) return { sent: false }
      const start = new Date(input.start)
      const end = new Date(input.end)
      const method = input.tiding === 'invited' || input.tiding === 'changed' ? 'REQUEST' : 'CANCEL'
      const base = publicUrl ?? reader.origin ?? FALLBACK_URL
      const link = `${base}/meetings/${input.meetingId}`
      const { name, zone } = reader
      const words = letter(
        input.tiding,
        { name, zone, locale: reader.locale ?? 'zh-TW' },
        { title: input.title, start, end, hostName: input.hostName, link },
      )
      const content = invitationFile({
        method,
        uid: `${input.uid}@confab`,
        sequence: input.sequence,
        title: input.title,
        description: input.description,
        start,
        end,
        stamp: now(),
        link,
        organizer: { name: input.hostName, address: sender },
        attendee: { name, address: reader.email },
      })
      await mailer.send({ to: reader.email, ...words, calendar: { method, content } })
      return { sent: true }
    },
  )

  async function tell(tx: Transaction, due: DueTiding): Promise<void> {
    const reader = await readerOf(due.accountId, tx)
    if (reader === undefined) return
    await markTold(tx, due, now())
    const input: LetterInput = { ...due, start: due.start.toISOString(), end: due.end.toISOString() }
    await mail.enqueue(input, { tx, accountId: due.accountId })
    const { name, zone } = reader
    const path = `/meetings/${due.meetingId}`
    const words = notice(due.tiding, { name, zone, locale: reader.locale ?? 'zh-TW' }, { ...due, link: path })
    const isOn = due.tiding === 'invited' || due.tiding === 'changed'
    await notify(
      {
        accountId: due.accountId,
        kind: `meetings.${due.tiding}`,
        dedupeKey: `meetings.invitation:${due.uid}:${due.sequence}`,
        ...words,
        ...(isOn && { url: path }),
        expiresAt: due.end,
      },
      tx,
    )
  }

  const sync = coalesced<number>(async (meetingId) => {
    await db.transaction(async (tx) => {
      // Every process hears of a change; one of them tells.
      await tx.lock('meetings.invitations', [meetingId])
      for (const due of await dueTidings(tx, meetingId, now())) await tell(tx, due)
    })
  })

  const syncAll = async (): Promise<number> => {
    const meetingIds = await meetingsWithDueTidings(db, now(), MOST_MEETINGS)
    for (const meetingId of meetingIds) await sync(meetingId)
    return meetingIds.length
  }
  jobs.define('meetings.invitations', { everyMs: SWEEP_MS, retries: 0 }, async () => ({ meetings: await syncAll() }))
  return { sync, syncAll }
}
