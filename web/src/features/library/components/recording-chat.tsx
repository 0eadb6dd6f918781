import { memo, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatClock } from '@/lib/time.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { Button } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { LinkedText } from '@/ui/linked-text.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { type RecordingDetails, useMeetingChat } from '../api/recordings.ts'
import { type TimedLine, lineAt, linesOf } from '../state/chat-at.ts'

interface RecordingChatProps {
  recording: RecordingDetails
  /** Where the film is, in seconds. */
  at: number
  onSeek: (seconds: number) => void
}

/** What was written meanwhile, running along with the film; a line leads to its moment. */
export function RecordingChat({ recording, at, onSeek }: RecordingChatProps) {
  const { t } = useTranslation('library')
  const { data: messages, error, refetch } = useMeetingChat(recording.meeting_id, recording.started_at)
  const lines = useMemo(() => linesOf(messages ?? [], recording), [messages, recording])
  const current = lineAt(lines, at)
  const list = useRef<HTMLOListElement>(null)
  const [follows, setFollows] = useState(true)
  useEffect(() => {
    const box = list.current
    const line = follows && box?.children[current]
    // By hand: scrollIntoView would move the page too.
    if (box && line instanceof HTMLElement) box.scrollTop = line.offsetTop - (box.clientHeight - line.clientHeight) / 2
  }, [current, follows, lines])
  const stay = () => setFollows(false)
  return (
    <section
      aria-labelledby="recording-chat"
      className="flex min-h-0 flex-col overflow-hidden rounded-10 border border-line bg-canvas lg:h-full dark:bg-raised"
    >
      <header className="flex min-h-12 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 id="recording-chat" className="flex-1 font-semibold">
          {t('chat.title')}
        </h2>
        {!follows && lines.length > 0 && (
          <Button size="sm" kind="ghost" icon="arrow-down" onClick={() => setFollows(true)}>
            {t('chat.follow')}
          </Button>
        )}
      </header>
      {error && !messages ? (
        <ErrorState compact error={error} title={t('chat.failed')} onRetry={() => void refetch()} />
      ) : !messages ? (
        <SkeletonRows />
      ) : lines.length === 0 ? (
        <EmptyState compact icon="message-square" title={t('chat.empty')} />
      ) : (
        <ol
          ref={list}
          tabIndex={0}
          aria-labelledby="recording-chat"
          onWheel={stay}
          onTouchMove={stay}
          onKeyDown={(event) => /^(Arrow|Page|Home|End)/.test(event.key) && stay()}
          className="relative min-h-0 flex-1 overflow-y-auto p-2 max-lg:max-h-96"
        >
          {lines.map((line, index) => (
            <Line
              key={line.id}
              line={line}
              current={index === current}
              onSeek={(seconds) => {
                setFollows(true)
                onSeek(seconds)
              }}
            />
          ))}
        </ol>
      )}
    </section>
  )
}

interface LineProps {
  line: TimedLine
  current: boolean
  onSeek: (seconds: number) => void
}

const Line = memo(
  function Line({ line, current, onSeek }: LineProps) {
    const { t } = useTranslation('library')
    const time = formatClock(line.at)
    return (
      <li
        aria-current={current ? 'true' : undefined}
        className={cx(
          'relative flex gap-2.5 rounded-6 px-2 py-2 transition-colors',
          current ? 'bg-accent-soft' : 'hover:bg-hover',
        )}
      >
        <Avatar id={line.userId} name={line.name} src={line.avatarUrl} size={24} className="mt-0.5" />
        <div className="min-w-0 flex-1">
          <p className="flex items-baseline gap-2">
            <span className="min-w-0 truncate font-medium">{line.name}</span>
            {/* Covers the whole line. */}
            <button
              type="button"
              aria-label={t('chat.jump', { time })}
              className="shrink-0 text-12 tabular-nums text-accent-ink after:absolute after:inset-0 after:rounded-6"
              onClick={() => onSeek(line.at)}
            >
              {time}
            </button>
          </p>
          <p className="whitespace-pre-wrap wrap-anywhere">
            <LinkedText text={line.content} />
          </p>
        </div>
      </li>
    )
  },
  (before, after) => before.line === after.line && before.current === after.current,
)
