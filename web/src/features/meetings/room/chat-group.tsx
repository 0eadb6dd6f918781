import { useTranslation } from 'react-i18next'
import { Avatar } from '@/ui/avatar.tsx'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { LinkedText } from '@/ui/linked-text.tsx'
import { Time } from '@/ui/time.tsx'
import type { ChatEntry } from '../rtc/chat-log.ts'
import type { LineGroup } from './chat-groups.ts'
import { useRoom, useRoomState } from './room-context.ts'

/** One person's lines under their name. */
export function ChatGroup({ group }: { group: LineGroup }) {
  const { t } = useTranslation('meetings')
  const own = useRoomState((state) => state.selfId) === group.userId
  return (
    <article className="flex gap-2.5 pb-3 [content-visibility:auto]">
      <Avatar id={group.userId} name={group.name} src={group.avatarUrl} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2">
          <span className="truncate font-medium">{own ? t('tile.yourself') : group.name}</span>
          <Time value={group.at} style="time" className="shrink-0 text-12 text-ink-3" />
        </p>
        {group.lines.map((line) => (
          <ChatLine key={line.key} line={line} />
        ))}
      </div>
    </article>
  )
}

function ChatLine({ line }: { line: ChatEntry }) {
  const { t } = useTranslation('meetings')
  const { session } = useRoom()
  return (
    <div className={line.state === 'sending' ? 'text-ink-3' : undefined}>
      <p className={cx('whitespace-pre-wrap wrap-anywhere', line.change === 'deleted' && 'text-ink-3 italic')}>
        {line.change === 'deleted' && t('chat.deleted')}
        <LinkedText text={line.content} />
        {line.change === 'edited' && <span className="ms-1.5 text-12 text-ink-3">{t('chat.edited')}</span>}
      </p>
      {line.state === 'failed' && (
        <button
          type="button"
          onClick={() => session.chat.retry(line.key)}
          className="flex items-center gap-1 rounded-6 text-12 text-danger-ink hover:underline touch:min-h-11"
        >
          <Icon name="circle-alert" size={14} />
          {t('chat.failed')}
        </button>
      )}
    </div>
  )
}
