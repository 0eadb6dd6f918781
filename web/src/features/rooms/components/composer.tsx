import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RoomFile, RoomMember, RoomMessage } from '#contracts/schemas/room.ts'
import { sendLive } from '@/lib/live.ts'
import { IconButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { takeFiles, useDraftFiles } from '../state/draft-files.ts'
import { DraftList } from './draft-list.tsx'
import { EmojiPicker } from './emoji-picker.tsx'
import { MentionMenu, mentionBefore, namesFor } from './mention-menu.tsx'

interface Props {
  roomId: number
  roomName: string
  members: readonly RoomMember[]
  /** What is answered, or edited. */
  replyTo: RoomMessage | null
  editing: RoomMessage | null
  onSend: (content: string, files: readonly RoomFile[]) => void
  onFiles: (files: readonly File[]) => void
  onCancel: () => void
  /** Edits the last message one wrote. */
  onEditLast: () => void
}

const LONGEST = 10_000
/** Others are told that one writes at most so often. */
const TYPING_MS = 3_000
const draftKey = (roomId: number) => `confab.draft.${roomId}`

/** Where one writes. What was typed stays until it is sent, also over a reload. */
export function Composer({
  roomId,
  roomName,
  members,
  replyTo,
  editing,
  onSend,
  onFiles,
  onCancel,
  onEditLast,
}: Props) {
  const { t } = useTranslation('rooms')
  const [text, setText] = useState(() => editing?.content ?? localStorage.getItem(draftKey(roomId)) ?? '')
  const [caret, setCaret] = useState(0)
  const [choice, setChoice] = useState(0)
  const [isClosed, setClosed] = useState(false)
  const box = useRef<HTMLTextAreaElement>(null)
  /** Where the caret goes once the next text is drawn: before another key is taken, which could come before a frame does. */
  const caretNext = useRef<number>(undefined)
  const typedAt = useRef(0)
  const picker = useRef<HTMLInputElement>(null)
  const drafted = useDraftFiles(roomId)
  // Files go with new messages; what one edits keeps those it has.
  const files = editing ? [] : drafted
  const isReady = files.every((file) => file.done !== undefined)
  const mayBeBlank = files.length > 0 || (editing?.files.length ?? 0) > 0
  const maySend = isReady && (text.trim() !== '' || mayBeBlank) && text.length <= LONGEST
  const asked = isClosed ? undefined : mentionBefore(text, caret)
  const names = asked === undefined ? [] : namesFor(members, asked)

  useEffect(() => {
    if (replyTo || editing) box.current?.focus()
  }, [replyTo, editing])
  useLayoutEffect(() => {
    const area = box.current
    if (!area) return
    area.style.height = 'auto'
    area.style.height = `${Math.min(area.scrollHeight, 240)}px`
    const at = caretNext.current
    caretNext.current = undefined
    if (at !== undefined) area.setSelectionRange(at, at)
  }, [text])

  const change = (value: string, at: number): void => {
    setText(value)
    setCaret(at)
    setChoice(0)
    setClosed(false)
    if (!editing) localStorage.setItem(draftKey(roomId), value)
    if (value && Date.now() - typedAt.current > TYPING_MS) {
      typedAt.current = Date.now()
      sendLive({ type: 'typing', room_id: roomId })
    }
  }
  /** Puts a piece in the place of what stands before the caret. */
  const insert = (piece: string, instead = 0): void => {
    const at = box.current?.selectionStart ?? text.length
    const next = text.slice(0, at - instead) + piece + text.slice(box.current?.selectionEnd ?? at)
    caretNext.current = at - instead + piece.length
    change(next, caretNext.current)
    requestAnimationFrame(() => box.current?.focus())
  }
  const mention = (member: RoomMember): void => insert(`@${member.username} `, (asked ?? '').length + 1)
  const send = (): void => {
    if (!maySend) return
    onSend(text, editing ? [] : takeFiles(roomId))
    localStorage.removeItem(draftKey(roomId))
    typedAt.current = 0
    setText('')
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const chosen = names[choice]
    if (names.length > 0 && ['ArrowDown', 'ArrowUp'].includes(event.key)) {
      event.preventDefault()
      setChoice((choice + (event.key === 'ArrowDown' ? 1 : names.length - 1)) % names.length)
    } else if (chosen && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault()
      mention(chosen)
    } else if (event.key === 'Escape') {
      if (names.length > 0) setClosed(true)
      else onCancel()
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    } else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault()
      onEditLast()
    }
  }

  const about = editing ?? replyTo
  return (
    <form
      className="relative px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] pt-1 md:px-6"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {names.length > 0 && <MentionMenu members={names} choice={choice} onChoose={mention} />}
      <div className="rounded-10 border border-line-control bg-canvas focus-within:border-accent-ink focus-within:shadow-[0_0_0_1px_var(--accent-ink)] dark:bg-raised">
        {about && (
          <div className="flex items-center gap-2 border-b border-line py-1 pl-3 pr-1 text-12 text-ink-2">
            <Icon name={editing ? 'pencil' : 'reply'} size={14} />
            <span className="min-w-0 flex-1 truncate">
              {editing ? t('composer.editing') : t('composer.replying', { name: replyTo?.sender?.name ?? '' })}
              {!editing && <span className="text-ink-3"> {about.content.slice(0, 100) || about.files[0]?.name}</span>}
            </span>
            <IconButton icon="x" size="sm" label={t('composer.cancel')} onClick={onCancel} iconSize={14} />
          </div>
        )}
        <DraftList roomId={roomId} files={files} />
        <div className="flex items-end gap-0.5 p-1">
          {!editing && (
            <>
              <input
                ref={picker}
                type="file"
                multiple
                hidden
                onChange={(event) => {
                  onFiles([...(event.target.files ?? [])])
                  event.target.value = ''
                }}
              />
              <IconButton icon="paperclip" label={t('files.attach')} onClick={() => picker.current?.click()} />
            </>
          )}
          <textarea
            ref={box}
            value={text}
            rows={1}
            maxLength={LONGEST}
            dir="auto"
            aria-label={t('composer.label', { name: roomName })}
            placeholder={t('composer.placeholder', { name: roomName })}
            onChange={(event) => change(event.target.value, event.target.selectionStart)}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
            onKeyDown={onKeyDown}
            onPaste={(event) => {
              // Text that was copied with a picture of itself is text.
              const pasted = event.clipboardData.types.includes('text/plain') ? [] : [...event.clipboardData.files]
              if (editing || pasted.length === 0) return
              event.preventDefault()
              onFiles(pasted)
            }}
            // Several lines of text that offer names on the way: a combobox has one line.
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-controls={names.length > 0 ? 'rooms-mentions' : undefined}
            aria-activedescendant={names.length > 0 ? `rooms-mention-${names[choice]?.user_id}` : undefined}
            className="min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5 outline-none touch:min-h-11 touch:py-2.5 touch:text-16"
          />
          <EmojiPicker
            onPick={(emoji) => insert(emoji)}
            trigger={<IconButton icon="smile" label={t('composer.emoji')} />}
          />
          <IconButton
            type="submit"
            icon="send"
            kind={maySend ? 'primary' : 'ghost'}
            label={t('composer.send')}
            disabled={!maySend}
          />
        </div>
      </div>
    </form>
  )
}
