import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addGroupMember, deleteGroup, removeGroupMember, renameGroup, setGroupRole } from '#contracts/rooms.ts'
import type { FoundUser } from '#contracts/schemas/account.ts'
import type { RoomMember, RoomState } from '#contracts/schemas/room.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { Badge } from '@/ui/badge.tsx'
import { Button, IconButton } from '@/ui/button.tsx'
import { Confirm, Sheet } from '@/ui/dialog.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { Menu, MenuItem } from '@/ui/menu.tsx'
import { membersKey, roomsKey, useMembers } from '../state/rooms.ts'
import { InviteLinks } from './invite-links.tsx'
import { PeoplePicker } from './people-picker.tsx'

interface Props {
  room: RoomState
  me: number | undefined
  online: ReadonlySet<number>
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Who is in a room, who comes in, its name, leaving it. */
export function RoomDetails({ room, me, online, open, onOpenChange }: Props) {
  const { t } = useTranslation('rooms')
  const navigate = useNavigate()
  const members = useMembers(room.id)
  const [adding, setAdding] = useState<readonly FoundUser[]>([])
  const [asking, setAsking] = useState<'leave' | 'delete'>()
  const params = { id: room.id }
  const again = { invalidates: [membersKey(room.id), roomsKey] }
  const isGroup = room.kind === 'group'
  const manages = isGroup && room.role !== 'member'
  const add = useAct({
    act: async () => {
      for (const { user_id } of adding) await callApi(addGroupMember, { params, body: { user_id } })
    },
    onDone: () => setAdding([]),
    ...again,
  })
  const rename = useAct({ act: (name: string) => callApi(renameGroup, { params, body: { name } }), ...again })
  const leave = useAct({
    act: () =>
      asking === 'delete'
        ? callApi(deleteGroup, { params })
        : callApi(removeGroupMember, { params: { id: room.id, user_id: me ?? 0 } }),
    onDone: () => void navigate({ to: '/rooms' }),
    invalidates: [roomsKey],
  })
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title={room.name}
      description={t('details.members', { count: room.member_count })}
    >
      <div className="space-y-6">
        {manages && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              const input = event.currentTarget.elements.namedItem('name') as HTMLInputElement
              const name = input.value.trim()
              if (name && name !== room.name) rename.mutate(name)
            }}
            className="flex items-end gap-2"
          >
            <Field label={t('details.name')} className="flex-1">
              <Input name="name" defaultValue={room.name} maxLength={100} required />
            </Field>
            <Button type="submit" busy={rename.isPending}>
              {t('details.rename')}
            </Button>
          </form>
        )}
        {isGroup && (
          <div className="space-y-2">
            <PeoplePicker
              label={t('details.add')}
              chosen={adding}
              onChosen={setAdding}
              without={new Set(members.data?.map((member) => member.user_id))}
            />
            {adding.length > 0 && (
              <Button icon="user-plus" busy={add.isPending} onClick={() => add.mutate()}>
                {t('details.addAct', { count: adding.length })}
              </Button>
            )}
          </div>
        )}
        {manages && <InviteLinks roomId={room.id} />}
        <ul aria-label={t('details.members', { count: room.member_count })} className="-mx-2">
          {members.data?.map((member) => (
            <MemberRow key={member.user_id} member={member} room={room} me={me} isOnline={online.has(member.user_id)} />
          ))}
        </ul>
        {room.kind !== 'meeting' && (
          <div className="flex flex-wrap gap-2 border-t border-line pt-4">
            <Button icon="log-out" onClick={() => setAsking('leave')}>
              {t('details.leave')}
            </Button>
            {isGroup && room.role === 'owner' && (
              <Button icon="trash-2" onClick={() => setAsking('delete')}>
                {t('details.delete')}
              </Button>
            )}
          </div>
        )}
      </div>
      <Confirm
        open={asking !== undefined}
        onOpenChange={() => setAsking(undefined)}
        title={t(asking === 'delete' ? 'details.deleteTitle' : 'details.leaveTitle', { name: room.name })}
        description={t(asking === 'delete' ? 'details.deleteText' : 'details.leaveText')}
        action={t(asking === 'delete' ? 'details.delete' : 'details.leave')}
        onConfirm={() => leave.mutateAsync()}
      />
    </Sheet>
  )
}

function MemberRow({
  member,
  room,
  me,
  isOnline,
}: {
  member: RoomMember
  room: RoomState
  me: number | undefined
  isOnline: boolean
}) {
  const { t } = useTranslation('rooms')
  const params = { id: room.id, user_id: member.user_id }
  const again = { invalidates: [membersKey(room.id), roomsKey] }
  const remove = useAct({ act: () => callApi(removeGroupMember, { params }), ...again })
  const setRole = useAct({
    act: (role: RoomMember['role']) => callApi(setGroupRole, { params, body: { role } }),
    ...again,
  })
  const [isHandingOver, setHandingOver] = useState(false)
  const isOwner = room.role === 'owner'
  const mayAct =
    room.kind === 'group' && member.user_id !== me && (isOwner || (room.role === 'admin' && member.role === 'member'))
  return (
    <li className="flex items-center gap-3 rounded-6 px-2 py-1.5">
      <span className="relative">
        <Avatar id={member.user_id} name={member.name} src={member.avatar_url} />
        {isOnline && (
          <span className="absolute -bottom-0.5 -right-0.5 size-3 rounded-full border-2 border-raised bg-ok" />
        )}
      </span>
      <span className="min-w-0 flex-1">
        <bdi className="block truncate font-medium">{member.name}</bdi>
        <span className="block truncate text-12 text-ink-3">
          @{member.username}
          {isOnline && ` · ${t('details.online')}`}
        </span>
      </span>
      {member.role !== 'member' && <Badge>{t(`role.${member.role}`)}</Badge>}
      {mayAct && (
        <Menu trigger={<IconButton icon="ellipsis" size="sm" label={t('details.memberMenu', { name: member.name })} />}>
          {isOwner && member.role === 'member' && (
            <MenuItem icon="shield" onSelect={() => setRole.mutate('admin')}>
              {t('details.makeAdmin')}
            </MenuItem>
          )}
          {isOwner && member.role === 'admin' && (
            <MenuItem icon="user" onSelect={() => setRole.mutate('member')}>
              {t('details.makeMember')}
            </MenuItem>
          )}
          {isOwner && (
            <MenuItem icon="crown" onSelect={() => setHandingOver(true)}>
              {t('details.makeOwner')}
            </MenuItem>
          )}
          <MenuItem icon="user-x" danger onSelect={() => remove.mutate()}>
            {t('details.remove')}
          </MenuItem>
        </Menu>
      )}
      <Confirm
        open={isHandingOver}
        onOpenChange={setHandingOver}
        title={t('details.handOverTitle', { room: room.name, name: member.name })}
        description={t('details.handOverText')}
        action={t('details.makeOwner')}
        onConfirm={() => setRole.mutateAsync('owner')}
      />
    </li>
  )
}
