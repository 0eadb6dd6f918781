import { useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { VList, type VListHandle } from 'virtua'
import { IconButton } from '@/ui/button.tsx'
import type { Pending, Thread } from '../state/thread.ts'
import { MessageView, type MessageActs, Said, Thinking } from './message-view.tsx'
import { Unsent } from './unsent.tsx'

interface Props {
  thread: Thread
  acts: MessageActs
  editing: number | null
  setEditing: (id: number | null) => void
  /** A message to begin at. */
  sought: number | undefined
  onOlder: () => void
  onSendAgain: () => void
  onTakeBack: () => void
}

/** How close to the top the page before is asked for, and to the end counts as being there. */
const NEAR_TOP = 800
const AT_END = 32

type Row = { key: string; index: number } & (
  { kind: 'message' } | { kind: 'pending'; pending: Pending } | { kind: 'thinking' }
)

function rowsOf({ messages, pending, isWriting }: Thread): Row[] {
  const rows: Row[] = messages.map(({ id }, index) => ({ kind: 'message', key: String(id), index }))
  const index = messages.length
  if (pending) rows.push({ kind: 'pending', key: 'pending', index, pending })
  if (isWriting && messages.at(-1)?.status !== 'streaming') rows.push({ kind: 'thinking', key: 'thinking', index })
  return rows
}

/** A conversation's messages. It follows an answer that is coming in until the reader scrolls up, and stays where it is then. */
export function Timeline({ thread, acts, editing, setEditing, sought, onOlder, onSendAgain, onTakeBack }: Props) {
  const { t } = useTranslation('assistant')
  const list = useRef<VListHandle>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  // Read at every scroll: the state comes a render late.
  const follows = useRef(sought === undefined)
  const lastOffset = useRef(0)
  const rows = rowsOf(thread)
  const first = thread.messages[0]?.id
  // Whether what was added last stands before the rest: the view then stays on what it shows.
  const [seen, setSeen] = useState({ first, count: rows.length, isPrepended: false })
  if (seen.first !== first || seen.count !== rows.length) {
    const isPrepended = first !== undefined && seen.first !== undefined && first < seen.first
    setSeen({ first, count: rows.length, isPrepended })
  }

  const last = thread.messages.at(-1)
  const lastKey = rows.at(-1)?.key
  const toEnd = (): void => {
    follows.current = true
    setAtEnd(true)
    list.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  }
  // Something was said here: whoever says something wants to see it.
  useLayoutEffect(() => {
    if (thread.pending) follows.current = true
  }, [thread.pending])
  useLayoutEffect(() => {
    if (follows.current && rows.length > 0) list.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  }, [rows.length, lastKey, last?.content, last?.status])
  const editingAt = editing === null ? -1 : thread.messages.findIndex((one) => one.id === editing)
  useLayoutEffect(() => {
    if (editingAt >= 0) list.current?.scrollToIndex(editingAt, { align: 'nearest' })
  }, [editingAt])
  const soughtAt = sought === undefined ? -1 : thread.messages.findIndex((one) => one.id === sought)
  const cameFor = useRef<number>(undefined)
  useLayoutEffect(() => {
    if (soughtAt < 0 || cameFor.current === sought) return
    cameFor.current = sought
    list.current?.scrollToIndex(soughtAt, { align: 'center' })
  }, [sought, soughtAt])

  const look = (offset: number): void => {
    const view = list.current
    if (!view) return
    const left = view.scrollSize - offset - view.viewportSize
    // Up is away from what comes in, however little; the end is followed again once it is reached.
    if (offset < lastOffset.current - 1 && left > 1) follows.current = false
    if (left < AT_END && offset >= lastOffset.current) follows.current = true
    lastOffset.current = offset
    setAtEnd(left < AT_END || follows.current)
    if (offset < NEAR_TOP) onOlder()
  }
  return (
    <div className="relative min-h-0 flex-1">
      <VList
        ref={list}
        data={rows}
        shift={seen.isPrepended}
        onScroll={look}
        className="h-full py-4"
        role="log"
        aria-live="off"
        aria-label={t('timeline.label')}
        tabIndex={0}
      >
        {(row) => (
          <div key={row.key} className="mx-auto max-w-[48rem] px-4 pb-3 md:px-6">
            <RowView
              row={row}
              thread={thread}
              acts={acts}
              editing={editing}
              setEditing={setEditing}
              onSendAgain={onSendAgain}
              onTakeBack={onTakeBack}
            />
          </div>
        )}
      </VList>
      <p role="status" className="sr-only">
        {last?.role === 'assistant' && last.status === 'complete' && !thread.isWriting ? t('timeline.done') : ''}
      </p>
      {!isAtEnd && (
        <IconButton
          icon="arrow-down"
          kind="secondary"
          label={t('timeline.toEnd')}
          className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full! shadow-1"
          onClick={toEnd}
        />
      )}
    </div>
  )
}

function RowView({
  row,
  thread,
  acts,
  editing,
  setEditing,
  onSendAgain,
  onTakeBack,
}: { row: Row } & Omit<Props, 'onOlder' | 'sought'>) {
  if (row.kind === 'thinking') return <Thinking />
  if (row.kind === 'pending') {
    return (
      <div className="flex flex-col items-end">
        <Said text={row.pending.text} />
        {row.pending.error === undefined ? (
          <div className="mt-1 min-h-7" />
        ) : (
          <Unsent error={row.pending.error} onAgain={onSendAgain} onTakeBack={onTakeBack} />
        )}
      </div>
    )
  }
  const message = thread.messages[row.index]
  if (!message) return null
  return (
    <MessageView
      message={message}
      isLast={row.index === thread.messages.length - 1}
      isBusy={thread.isWriting}
      isEditing={editing === message.id}
      setEditing={setEditing}
      acts={acts}
    />
  )
}
