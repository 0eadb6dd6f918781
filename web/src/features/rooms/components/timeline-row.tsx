import { useTranslation } from 'react-i18next'
import type { RoomState } from '#contracts/schemas/room.ts'
import { useZone } from '@/lib/account.ts'
import { formatTime } from '@/lib/time.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { useMinute } from '@/ui/time.tsx'
import type { Row } from '../state/rows.ts'
import { discard, postAgain } from '../state/timelines.ts'
import { type MessageActs, MessageRow } from './message-row.tsx'

interface RowProps {
  row: Row
  room: RoomState
  me: number | undefined
  logins: ReadonlySet<string>
  acts: MessageActs
  highlighted: boolean
}

/** One row of a timeline: a day, the line before what is new, a message, or one on its way. */
export function TimelineRow({ row, room, me, logins, acts, highlighted }: RowProps) {
  const { t, i18n } = useTranslation('rooms')
  const zone = useZone()
  const now = new Date(useMinute())
  switch (row.kind) {
    case 'day':
      return (
        <div className="flex items-center gap-3 px-6 py-3 text-12 font-medium text-ink-3">
          <span className="h-px flex-1 bg-line" />
          {formatTime(new Date(row.at), 'day', { language: i18n.language, zone }, now)}
          <span className="h-px flex-1 bg-line" />
        </div>
      )
    case 'unread':
      return (
        <div className="flex items-center gap-3 px-6 py-1 text-12 font-medium text-danger-ink">
          <span className="h-px flex-1 bg-danger-ink/40" />
          {t('timeline.unread')}
          <span className="h-px flex-1 bg-danger-ink/40" />
        </div>
      )
    case 'pending':
      return (
        <div className="flex gap-3 py-1 pl-15 pr-4 md:pl-17 md:pr-6">
          <div className="min-w-0 flex-1 text-ink-3">
            <p className="whitespace-pre-wrap wrap-anywhere">{row.pending.content}</p>
            {row.pending.files.map((file) => (
              <p key={file.id} className="flex items-center gap-1.5 text-12">
                <Icon name="paperclip" size={14} className="shrink-0" />
                <span className="truncate">{file.name}</span>
              </p>
            ))}
          </div>
          {row.pending.failed ? (
            <span className="flex shrink-0 items-center gap-1 text-12 text-danger-ink">
              {t('pending.failed')}
              <Button size="sm" kind="ghost" onClick={() => postAgain(room.id, row.pending)}>
                {t('pending.again')}
              </Button>
              <IconButton
                size="sm"
                icon="x"
                label={t('pending.discard')}
                onClick={() => discard(room.id, row.pending.key)}
              />
            </span>
          ) : (
            <Icon name="clock" size={14} label={t('pending.sending')} className="mt-1 shrink-0 text-ink-3" />
          )}
        </div>
      )
    case 'message':
      return (
        <MessageRow
          message={row.message}
          joined={row.joined}
          me={me}
          mayRemove={room.kind === 'group' && room.role !== 'member'}
          logins={logins}
          highlighted={highlighted}
          acts={acts}
        />
      )
  }
}
