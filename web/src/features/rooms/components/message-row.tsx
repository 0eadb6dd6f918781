import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { RoomMessage } from '#contracts/schemas/room.ts'
import { useZone } from '@/lib/account.ts'
import { formatExact, formatTime } from '@/lib/time.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { IconButton } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import { Menu, MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { EmojiPicker, quickEmoji } from './emoji-picker.tsx'
import { isEmojiAlone } from './emoji-alone.ts'
import { Markdown } from './markdown.tsx'
import { MessageFiles } from './message-files.tsx'
import { Reactions } from './reactions.tsx'

/** What one can do with a message. */
export interface MessageActs {
  reply: (message: RoomMessage) => void
  edit: (message: RoomMessage) => void
  remove: (message: RoomMessage) => void
  react: (message: RoomMessage, emoji: string, on: boolean) => void
  /** Shows a message that another one answers. */
  show: (seq: number) => void
}

interface Props {
  message: RoomMessage
  joined: boolean
  me: number | undefined
  mayRemove: boolean
  logins: ReadonlySet<string>
  highlighted: boolean
  acts: MessageActs
}

/** One message. */
export const MessageRow = memo(function MessageRow({
  message,
  joined,
  me,
  mayRemove,
  logins,
  highlighted,
  acts,
}: Props) {
  const { t, i18n } = useTranslation('rooms')
  const zone = useZone()
  const where = { language: i18n.language, zone }
  const at = new Date(message.sent_at)
  const name = message.sender?.name ?? t('message.nobody')
  const namesMe = me !== undefined && message.mentions.includes(me)
  return (
    <article
      aria-label={t('message.by', { name, time: formatTime(at, 'time', where) })}
      className={cx(
        'group relative flex gap-3 px-4 hover:bg-hover focus-within:bg-hover md:px-6',
        joined ? 'py-0.5' : 'pb-0.5 pt-2',
        namesMe && 'bg-accent-soft/60',
        highlighted && 'animate-pop-in bg-warn-soft',
      )}
    >
      <div className="w-8 shrink-0">
        {joined ? (
          <time
            dateTime={message.sent_at}
            className="invisible block pt-1 text-[0.625rem] leading-4 text-ink-3 group-hover:visible"
          >
            {formatTime(at, 'time', where)}
          </time>
        ) : (
          <Avatar id={message.sender_id ?? 0} name={name} src={message.sender?.avatar_url} className="mt-0.5" />
        )}
      </div>
      <div className="min-w-0 flex-1">
        {!joined && (
          <p className="flex items-baseline gap-2">
            <bdi className="truncate font-semibold">{name}</bdi>
            <time dateTime={message.sent_at} title={formatExact(at, where)} className="shrink-0 text-12 text-ink-3">
              {formatTime(at, 'time', where)}
            </time>
          </p>
        )}
        {message.reply_to && (
          <button
            type="button"
            onClick={() => acts.show(message.reply_to?.seq ?? 0)}
            className="flex max-w-full items-center gap-1.5 text-12 text-ink-3 hover:text-ink"
          >
            <Icon name="reply" size={14} className="shrink-0" />
            <span className="shrink-0 font-medium">{message.reply_to.sender_name}</span>
            <span className="truncate">
              {message.reply_to.deleted ? t('message.deleted') : message.reply_to.content || message.reply_to.file_name}
            </span>
          </button>
        )}
        {message.deleted ? (
          <p className="italic text-ink-3">{t('message.deleted')}</p>
        ) : (
          <>
            <div dir="auto" className={isEmojiAlone(message.content) ? 'text-28 leading-normal' : undefined}>
              {message.content !== '' && <Markdown text={message.content} logins={logins} />}
              {message.edited_at && <span className="text-12 text-ink-3">{t('message.edited')}</span>}
            </div>
            <MessageFiles messageId={message.id} files={message.files} />
          </>
        )}
        <Reactions message={message} me={me} onReact={acts.react} />
      </div>
      {!message.deleted && (
        <Actions message={message} isOwn={message.sender_id === me} mayRemove={mayRemove} acts={acts} />
      )}
    </article>
  )
})

function Actions({
  message,
  isOwn,
  mayRemove,
  acts,
}: {
  message: RoomMessage
  isOwn: boolean
  mayRemove: boolean
  acts: MessageActs
}) {
  const { t } = useTranslation('rooms')
  return (
    <div className="absolute -top-3 right-4 flex rounded-6 border border-line bg-raised opacity-0 shadow-1 focus-within:opacity-100 group-hover:opacity-100 has-[[data-state=open]]:opacity-100 touch:static touch:border-0 touch:bg-transparent touch:opacity-100 touch:shadow-none">
      <span className="contents touch:hidden">
        <EmojiPicker
          onPick={(emoji) => acts.react(message, emoji, true)}
          trigger={<IconButton icon="smile" size="sm" label={t('message.react')} iconSize={16} />}
        />
        <IconButton
          icon="reply"
          size="sm"
          label={t('message.reply')}
          iconSize={16}
          onClick={() => acts.reply(message)}
        />
      </span>
      <Menu trigger={<IconButton icon="ellipsis" size="sm" label={t('message.more')} iconSize={16} />}>
        <div className="flex justify-between px-1 pb-1">
          {quickEmoji.map((emoji) => (
            <MenuItem key={emoji} onSelect={() => acts.react(message, emoji, true)}>
              {emoji}
            </MenuItem>
          ))}
        </div>
        <MenuSeparator />
        <MenuItem icon="reply" onSelect={() => acts.reply(message)}>
          {t('message.reply')}
        </MenuItem>
        {message.content !== '' && (
          <MenuItem icon="copy" onSelect={() => void navigator.clipboard.writeText(message.content)}>
            {t('message.copy')}
          </MenuItem>
        )}
        {isOwn && (
          <MenuItem icon="pencil" onSelect={() => acts.edit(message)}>
            {t('message.edit')}
          </MenuItem>
        )}
        {(isOwn || mayRemove) && (
          <MenuItem icon="trash-2" danger onSelect={() => acts.remove(message)}>
            {t('message.delete')}
          </MenuItem>
        )}
      </Menu>
    </div>
  )
}
