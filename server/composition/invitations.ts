import { join } from 'node:path'
import { createComposer } from '#adapters/mail/letters.ts'
import { createMailer } from '#adapters/mail/mailer.ts'
import { createFeatureWords } from '#adapters/words/feature-words.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { createInvitations } from '#domains/meetings/invitations/invitations.ts'
import type { Notify } from '#domains/notify/notify.ts'
import type { Base, Part } from './part.ts'

/** Wires invitations to meetings: mails with a calendar file, and notifications. */
export function composeInvitations(base: Base, parts: { identity: Identity; notify: Notify }): Part {
  const { config, db, bus, jobs, clock, log } = base
  const { core, mail } = config
  const { identity, notify } = parts
  const mailer = createMailer({ smtpUrl: mail.smtpUrl, from: mail.from, outbox: join(core.dataDir, 'outbox'), log })
  const compose = createComposer()
  const words = createFeatureWords('meetings')
  const invitations = createInvitations({
    db,
    jobs,
    clock,
    mailer,
    publicUrl: core.publicUrl,
    sender: /<([^<>]+)>\s*$/.exec(mail.from)?.[1] ?? mail.from,
    notify: (notification, tx) => notify.send(notification, tx),
    letter: (tiding, { name, locale, zone }, { title, start, end, hostName, link }) => {
      const values = { name, title, host: hostName, time: timesOf(start, end, locale, zone) }
      return tiding === 'invited' || tiding === 'changed'
        ? compose(`meeting-${tiding}`, locale, { ...values, link })
        : compose(`meeting-${tiding}`, locale, values)
    },
    notice: (tiding, { locale, zone }, { title, start, end, hostName }) => ({
      title: words(locale, `tiding.${tiding}`, { title, host: hostName }),
      text: timesOf(start, end, locale, zone),
    }),
  })
  identity.onErasure(async (tx, accountId) => {
    await tx.query('DELETE FROM meeting_invitations WHERE account_id = $1', [accountId])
  })

  const sync = ({ meetingId }: { meetingId: number }): Promise<void> => invitations.sync(meetingId)
  const ends: (() => void)[] = []
  return {
    start: async () => {
      ends.push(
        bus.subscribe('meetings.participant.added', async (event) => {
          if (event.invited) await sync(event)
        }),
        bus.subscribe('meetings.participant.removed', sync),
        bus.subscribe('meetings.meeting.changed', sync),
        bus.subscribe('meetings.meeting.cancelled', sync),
        bus.subscribe('meetings.meeting.deleted', sync),
      )
    },
    stop: async () => {
      for (const end of ends) end()
      mailer.close()
    },
  }
}

/** From when to when, on the reader's clock, whose zone is named. */
function timesOf(start: Date, end: Date, locale: string, zone: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: zone,
  })
  return `${format.formatRange(start, end)} (${zone})`
}
