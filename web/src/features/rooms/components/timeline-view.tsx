import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { VList } from 'virtua'
import type { RoomState } from '#contracts/schemas/room.ts'
import { useZone } from '@/lib/account.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { rowsOf } from '../state/rows.ts'
import { reaches } from '../state/timeline.ts'
import { loadTimeline, reachTimeline, useTimeline } from '../state/timelines.ts'
import type { MessageActs } from './message-row.tsx'
import { TimelineRow } from './timeline-row.tsx'
import { useTimelineScroll } from './use-timeline-scroll.ts'

interface Props {
  room: RoomState
  me: number | undefined
  logins: ReadonlySet<string>
  acts: Omit<MessageActs, 'show'>
  /** A message's number to begin at. */
  at: number | undefined
}

/** A room's messages. It stays where it is while older ones load, and at the end while new ones come. */
export function TimelineView({ room, me, logins, acts, at }: Props) {
  const { t } = useTranslation('rooms')
  const zone = useZone()
  const { timeline, error } = useTimeline(room.id)
  // What was read when one came: the line stays where it was while one reads on.
  const [{ readSeq, unread }] = useState(() => ({
    readSeq: room.unread > 0 ? room.read_seq : undefined,
    unread: room.unread,
  }))
  // However much there is to read, only what is around the place where one begins is.
  const begin = at ?? (readSeq === undefined ? undefined : readSeq + 1)
  const [isOpen, setOpen] = useState(false)
  if (!isOpen && timeline && reaches(timeline, begin)) setOpen(true)
  useEffect(() => void reachTimeline(room.id, begin), [room.id, begin])
  const rows = useMemo(
    () => (timeline && isOpen ? rowsOf(timeline, { zone, readSeq, me }) : []),
    [timeline, isOpen, zone, readSeq, me],
  )
  const { list, isAtEnd, shown, onScroll, onResize, release, show, toEnd, toUnread } = useTimelineScroll({
    room,
    rows,
    timeline,
    at,
    readSeq,
  })
  const allActs = useMemo(() => ({ ...acts, show }), [acts, show])

  if (!timeline || !isOpen) {
    if (error)
      return (
        <div className="grid min-h-0 flex-1 place-items-center overflow-y-auto">
          <ErrorState error={error} title={t('timeline.failed')} onRetry={() => void loadTimeline(room.id, begin)} />
        </div>
      )
    return <Waiting />
  }
  const first = timeline.messages[0]?.seq
  const missed = readSeq !== undefined && first !== undefined && first > readSeq + 1
  return (
    <div className="relative min-h-0 flex-1">
      {rows.length === 0 ? (
        <div className="flex h-full flex-col items-center justify-center px-6 text-center text-ink-2">
          <Icon name="message-square" size={24} className="mb-2" />
          <p>{t('timeline.empty')}</p>
        </div>
      ) : (
        <VList
          ref={list}
          data={rows}
          shift={timeline.isPrepended}
          onScroll={onScroll}
          onResize={onResize}
          // From here on the reader decides.
          onWheel={release}
          onTouchMove={release}
          onPointerDown={release}
          onKeyDown={release}
          onFocus={release}
          role="log"
          aria-label={t('timeline.label', { name: room.name })}
          className="h-full py-2 focus-visible:-outline-offset-2"
          tabIndex={0}
        >
          {(row) => (
            <TimelineRow
              key={row.key}
              row={row}
              room={room}
              me={me}
              logins={logins}
              acts={allActs}
              highlighted={row.kind === 'message' && row.message.seq === shown}
            />
          )}
        </VList>
      )}
      {missed && (
        <Button
          size="sm"
          icon="arrow-up"
          className="absolute left-1/2 top-3 -translate-x-1/2 shadow-1"
          onClick={toUnread}
        >
          {t('timeline.toUnread', { count: unread })}
        </Button>
      )}
      {(!isAtEnd || timeline.hasNewer) && (
        <IconButton
          icon="arrow-down"
          kind="secondary"
          label={t('timeline.toEnd')}
          className="absolute bottom-3 right-4 rounded-full! shadow-1"
          onClick={toEnd}
        />
      )}
    </div>
  )
}

function Waiting() {
  return (
    <Loading className="min-h-0 flex-1 overflow-hidden px-6 py-4">
      {[56, 72, 40, 64, 48].map((width, index) => (
        <div key={width} className="flex gap-3 py-3">
          <Skeleton className="size-8 rounded-full" />
          <div className="flex-1 space-y-2">
            <Skeleton className="h-3.5 w-28" />
            <Skeleton className={['h-4 w-3/5', 'h-4 w-2/5', 'h-9 w-3/4'][index % 3]} />
          </div>
        </div>
      ))}
    </Loading>
  )
}
