import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { VList, type VListHandle } from 'virtua'
import type { RoomState } from '#contracts/schemas/room.ts'
import { useZone } from '@/lib/account.ts'
import { sendLive } from '@/lib/live.ts'
import { formatTime } from '@/lib/time.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { useMinute } from '@/ui/time.tsx'
import { type Row, rowsOf } from '../state/rows.ts'
import { discard, loadMore, loadTimeline, postAgain, useTimeline } from '../state/timelines.ts'
import { type MessageActs, MessageRow } from './message-row.tsx'

interface Props {
  room: RoomState
  me: number | undefined
  logins: ReadonlySet<string>
  acts: Omit<MessageActs, 'show'>
  /** A message's number to begin at. */
  at: number | undefined
}

/** How close to an edge, in pixels, the next page is asked for, and counts as being at the end. */
const NEAR = 600
const AT_END = 48

/** A room's messages. It stays where it is while older ones load, and at the end while new ones come. */
export function TimelineView({ room, me, logins, acts, at }: Props) {
  const { t } = useTranslation('rooms')
  const zone = useZone()
  const { timeline, error } = useTimeline(room.id)
  const list = useRef<VListHandle>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const [shown, setShown] = useState<number>()
  // What was read when one came: the line stays where it was while one reads on.
  const [readSeq] = useState(room.unread > 0 ? room.read_seq : undefined)
  const rows = useMemo(() => (timeline ? rowsOf(timeline, { zone, readSeq, me }) : []), [timeline, zone, readSeq, me])
  const first = timeline?.messages[0]?.seq
  const lastFirst = useRef(first)
  const isPrepending = first !== undefined && lastFirst.current !== undefined && first < lastFirst.current
  useEffect(() => {
    lastFirst.current = first
  })

  const indexOf = (seq: number): number => rows.findIndex((row) => row.kind === 'message' && row.message.seq === seq)
  const show = async (seq: number): Promise<void> => {
    if (indexOf(seq) < 0) await loadTimeline(room.id, seq)
    setShown(seq)
  }
  const latest = useRef({ rows, readSeq })
  latest.current = { rows, readSeq }

  // Where one begins: at what one came for, else at the first unread, else at the end.
  const began = useRef(false)
  useEffect(() => {
    if (at !== undefined) void show(at)
  }, [at, room.id])
  useLayoutEffect(() => {
    if (began.current || rows.length === 0 || at !== undefined) return
    began.current = true
    const unread = rows.findIndex((row) => row.kind === 'unread')
    if (unread >= 0) list.current?.scrollToIndex(unread, { align: 'center' })
    else list.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  }, [rows, at])
  useLayoutEffect(() => {
    const index = shown === undefined ? -1 : indexOf(shown)
    if (index < 0) return
    began.current = true
    list.current?.scrollToIndex(index, { align: 'center' })
    const timer = setTimeout(() => setShown(undefined), 2500)
    return () => clearTimeout(timer)
  }, [shown, rows.length])
  // New ones come in view while one is at the end; one's own always do.
  const count = rows.length
  const lastRow = rows.at(-1)
  useLayoutEffect(() => {
    if (began.current && (isAtEnd || lastRow?.kind === 'pending'))
      list.current?.scrollToIndex(count - 1, { align: 'end' })
  }, [count, lastRow?.key])

  const look = (): void => {
    const view = list.current
    if (!view) return
    const toEnd = view.scrollSize - view.scrollOffset - view.viewportSize
    setAtEnd(toEnd < AT_END && !timeline?.hasNewer)
    if (view.scrollOffset < NEAR) loadMore(room.id, 'older')
    if (toEnd < NEAR) loadMore(room.id, 'newer')
    markRead()
  }
  /** Says how far one has read, while the page is looked at. */
  const markRead = (): void => {
    const view = list.current
    if (!view || document.visibilityState !== 'visible' || !document.hasFocus()) return
    const { rows: now } = latest.current
    const bottom = view.findItemIndex(view.scrollOffset + view.viewportSize - 1)
    for (let index = Math.min(bottom, now.length - 1); index >= 0; index--) {
      const row = now[index]
      if (row?.kind !== 'message') continue
      if (row.message.seq > read.current) {
        read.current = row.message.seq
        sendLive({ type: 'read', room_id: room.id, seq: row.message.seq })
      }
      return
    }
  }
  const read = useRef(room.read_seq)
  useEffect(() => {
    const frame = requestAnimationFrame(markRead)
    window.addEventListener('focus', markRead)
    document.addEventListener('visibilitychange', markRead)
    return () => {
      cancelAnimationFrame(frame)
      window.removeEventListener('focus', markRead)
      document.removeEventListener('visibilitychange', markRead)
    }
  }, [count, room.id])

  if (!timeline) {
    if (error)
      return <ErrorState error={error} title={t('timeline.failed')} onRetry={() => void loadTimeline(room.id)} />
    return <Waiting />
  }
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
          shift={isPrepending}
          onScroll={look}
          role="log"
          aria-label={t('timeline.label', { name: room.name })}
          className="h-full py-2"
          tabIndex={0}
        >
          {(row) => (
            <RowView
              key={row.key}
              row={row}
              room={room}
              me={me}
              logins={logins}
              acts={{ ...acts, show: (seq) => void show(seq) }}
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
          onClick={() => void show((readSeq ?? 0) + 1)}
        >
          {t('timeline.toUnread', { count: room.unread })}
        </Button>
      )}
      {(!isAtEnd || timeline.hasNewer) && (
        <IconButton
          icon="arrow-down"
          kind="secondary"
          label={t('timeline.toEnd')}
          className="absolute bottom-3 right-4 rounded-full! shadow-1"
          onClick={() => {
            if (timeline.hasNewer) {
              began.current = false
              void loadTimeline(room.id)
            } else list.current?.scrollToIndex(count - 1, { align: 'end' })
          }}
        />
      )}
    </div>
  )
}

interface RowProps {
  row: Row
  room: RoomState
  me: number | undefined
  logins: ReadonlySet<string>
  acts: MessageActs
  highlighted: boolean
}

function RowView({ row, room, me, logins, acts, highlighted }: RowProps) {
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
          <p className="min-w-0 flex-1 whitespace-pre-wrap text-ink-3">{row.pending.content}</p>
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
