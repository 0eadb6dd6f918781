import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteMessage, editMessage, reactToMessage } from '#contracts/rooms.ts'
import type { RoomMember, RoomMessage, RoomState } from '#contracts/schemas/room.ts'
import { useAct } from '@/app/query.ts'
import { useAccount } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { useLiveStatus } from '@/lib/live.ts'
import { IconButton, LinkButton } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Icon } from '@/ui/icons.tsx'
import { useTitle } from '@/ui/page.tsx'
import { toast } from '@/ui/toast.tsx'
import { MOST_FILES, addFiles } from '../state/draft-files.ts'
import { usePresence } from '../state/presence.ts'
import { useMembers } from '../state/rooms.ts'
import { post, useTimeline } from '../state/timelines.ts'
import { Composer } from './composer.tsx'
import { DropArea } from './drop-area.tsx'
import { RoomDetails } from './room-details.tsx'
import { RoomPicture } from './room-list.tsx'
import { TimelineView } from './timeline-view.tsx'

const NOBODY: readonly RoomMember[] = []

/** One room: what was said, and where one says something. */
export function RoomView({ room, at }: { room: RoomState; at: number | undefined }) {
  const { t, i18n } = useTranslation('rooms')
  useTitle(room.name)
  const me = useAccount().data?.user_id
  const members = useMembers(room.id).data ?? NOBODY
  const { online, typing } = usePresence(room.id)
  const { timeline } = useTimeline(room.id)
  const status = useLiveStatus()
  const [details, setDetails] = useState(false)
  const [replyTo, setReplyTo] = useState<RoomMessage | null>(null)
  const [editing, setEditing] = useState<RoomMessage | null>(null)
  const [removing, setRemoving] = useState<RoomMessage | null>(null)
  const edit = useAct({
    act: (input: { id: number; content: string }) =>
      callApi(editMessage, { params: { id: input.id }, body: { content: input.content } }),
  })
  const remove = useAct({ act: (id: number) => callApi(deleteMessage, { params: { id } }) })
  const { mutate: react } = useAct({
    act: (input: { id: number; emoji: string; on: boolean }) =>
      callApi(reactToMessage, { params: { id: input.id }, body: { emoji: input.emoji, on: input.on } }),
  })
  const logins = useMemo(() => new Set(members.map((member) => member.username.toLowerCase())), [members])
  const acts = useMemo(
    () => ({
      reply: (message: RoomMessage) => {
        setEditing(null)
        setReplyTo(message)
      },
      edit: (message: RoomMessage) => {
        setReplyTo(null)
        setEditing(message)
      },
      remove: setRemoving,
      react: ({ id }: RoomMessage, emoji: string, on: boolean) => react({ id, emoji, on }),
    }),
    [react],
  )
  const names = typing
    .map((id) => members.find((member) => member.user_id === id)?.name)
    .filter((name) => name !== undefined)
  const attach = (files: readonly File[]) => {
    setEditing(null)
    if (addFiles(room.id, files) > 0) toast(t('files.most', { count: MOST_FILES }), { tone: 'danger' })
  }
  const done = () => {
    setReplyTo(null)
    setEditing(null)
  }
  return (
    <section aria-label={room.name} className="flex h-full min-h-0 flex-col">
      <header className="flex h-14 shrink-0 items-center gap-3 border-b border-line px-2 md:px-4">
        <Link
          to="/rooms"
          aria-label={t('back')}
          className="grid size-9 place-items-center rounded-6 text-ink-2 hover:bg-hover md:hidden touch:size-11"
        >
          <Icon name="arrow-left" size={18} />
        </Link>
        <span className="max-md:hidden">
          <RoomPicture room={room} />
        </span>
        <div className="min-w-0 flex-1">
          <h1 className="truncate font-semibold">
            <bdi>{room.name}</bdi>
          </h1>
          <p className="truncate text-12 text-ink-3">
            {room.peer
              ? t(online.has(room.peer.id) ? 'details.online' : 'details.offline')
              : t('header.members', { count: room.member_count, online: online.size })}
          </p>
        </div>
        {room.meeting_id !== null && (
          <LinkButton to={`/meetings/${room.meeting_id}` as never} size="sm" icon="video">
            {t('header.meeting')}
          </LinkButton>
        )}
        <IconButton icon="users" label={t('header.details')} onClick={() => setDetails(true)} />
      </header>
      <DropArea onFiles={attach}>
        <TimelineView key={`${room.id} ${at ?? ''}`} room={room} me={me} logins={logins} acts={acts} at={at} />
        <p aria-live="polite" className="h-5 shrink-0 truncate px-4 text-12 text-ink-3 md:px-7">
          {status === 'waiting'
            ? t('header.reconnecting')
            : names.length > 0
              ? t('typing', { names: new Intl.ListFormat(i18n.language).format(names), count: names.length })
              : ''}
        </p>
        <Composer
          key={editing?.id ?? 'new'}
          roomId={room.id}
          roomName={room.name}
          members={members}
          replyTo={replyTo}
          editing={editing}
          onCancel={done}
          onEditLast={() => {
            const last = timeline?.messages.findLast((message) => message.sender_id === me && !message.deleted)
            if (last) setEditing(last)
          }}
          onFiles={attach}
          onSend={(content, files) => {
            if (editing) edit.mutate({ id: editing.id, content })
            else post(room.id, { content, files, replyTo })
            done()
          }}
        />
      </DropArea>
      <RoomDetails room={room} me={me} online={online} open={details} onOpenChange={setDetails} />
      <Confirm
        open={removing !== null}
        onOpenChange={() => setRemoving(null)}
        title={t('remove.title')}
        description={removing?.content.slice(0, 140) || removing?.files.map(({ name }) => name).join(', ')}
        action={t('message.delete')}
        onConfirm={() => remove.mutateAsync(removing?.id ?? 0)}
      />
    </section>
  )
}
