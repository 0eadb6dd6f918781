import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addParticipant, changeRole, removeParticipant } from '#contracts/meetings.ts'
import type { FoundUser } from '#contracts/schemas/account.ts'
import type { Meeting, Participant } from '#contracts/schemas/meeting.ts'
import { useAct } from '@/app/query.ts'
import { nameOf, useAccount } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { Badge } from '@/ui/badge.tsx'
import { Button, IconButton } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Menu, MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { Section } from '@/ui/page.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { meetingsKey, useParticipants } from '../api/queries.ts'
import { PeoplePicker } from './people-picker.tsx'

/** Who belongs to the meeting, and inviting more. */
export function MeetingPeople({ meeting }: { meeting: Meeting }) {
  const { t } = useTranslation('meetings')
  const { data, error, refetch } = useParticipants(meeting.meeting_id)
  const { data: account } = useAccount()
  const [inviting, setInviting] = useState(false)
  const hosts = meeting.my_role === 'host' || meeting.my_role === 'moderator' || account?.role === 'admin'
  const over = meeting.status === 'ended' || meeting.status === 'cancelled'
  return (
    <Section
      title={t('detail.people', { count: data?.total ?? meeting.participant_count })}
      actions={
        hosts &&
        !over && (
          <Button size="sm" icon="user-plus" onClick={() => setInviting(true)}>
            {t('invite.action')}
          </Button>
        )
      }
    >
      {error && !data ? (
        <ErrorState compact error={error} title={t('detail.peopleFailed')} onRetry={() => void refetch()} />
      ) : !data ? (
        <SkeletonRows count={3} />
      ) : (
        <List label={t('detail.people', { count: data.total })}>
          {data.participants.map((person) => (
            <Row key={person.user_id} person={person} meeting={meeting} self={person.user_id === account?.user_id} />
          ))}
        </List>
      )}
      {inviting && (
        <InviteDialog
          meeting={meeting}
          without={data?.participants.map((person) => person.user_id) ?? []}
          onClose={() => setInviting(false)}
        />
      )}
    </Section>
  )
}

function Row({ person, meeting, self }: { person: Participant; meeting: Meeting; self: boolean }) {
  const { t } = useTranslation('meetings')
  const params = { id: meeting.meeting_id, user_id: person.user_id }
  const invalidates = [meetingsKey]
  const role = useAct({
    act: (to: Participant['role']) => callApi(changeRole, { params, body: { role: to } }),
    invalidates,
  })
  const remove = useAct({ act: () => callApi(removeParticipant, { params }), invalidates })
  const name = nameOf(person)
  const may = !self && (meeting.my_role === 'host' || (meeting.my_role === 'moderator' && person.role !== 'host'))
  return (
    <ListRow
      leading={<Avatar id={person.user_id} name={name} src={person.avatar_url} />}
      title={self ? t('tile.you', { name }) : name}
      subtitle={`@${person.username}`}
      meta={
        <>
          {person.status === 'online' && <Badge tone="ok">{t('detail.inside')}</Badge>}
          {person.status === 'waiting' && <Badge tone="warn">{t('detail.waiting')}</Badge>}
          {person.role !== 'participant' && <Badge>{t(`role.${person.role}`)}</Badge>}
        </>
      }
      actions={
        may && (
          <Menu trigger={<IconButton icon="ellipsis" size="sm" label={t('people.actions', { name })} />}>
            {meeting.my_role === 'host' && (
              <>
                {person.role === 'moderator' ? (
                  <MenuItem icon="user" onSelect={() => role.mutate('participant')}>
                    {t('people.makeParticipant')}
                  </MenuItem>
                ) : (
                  <MenuItem icon="shield" onSelect={() => role.mutate('moderator')}>
                    {t('people.makeModerator')}
                  </MenuItem>
                )}
                <MenuItem icon="crown" onSelect={() => role.mutate('host')}>
                  {t('people.makeHost')}
                </MenuItem>
                <MenuSeparator />
              </>
            )}
            <MenuItem icon="user-x" danger onSelect={() => remove.mutate()}>
              {t('people.remove')}
            </MenuItem>
          </Menu>
        )
      }
    />
  )
}

function InviteDialog({
  meeting,
  without,
  onClose,
}: {
  meeting: Meeting
  without: readonly number[]
  onClose: () => void
}) {
  const { t } = useTranslation('meetings')
  const [chosen, setChosen] = useState<readonly FoundUser[]>([])
  const invite = useAct({
    act: () =>
      Promise.all(
        chosen.map((person) =>
          callApi(addParticipant, { params: { id: meeting.meeting_id }, body: { user_id: person.user_id } }),
        ),
      ),
    invalidates: [meetingsKey],
    onDone: onClose,
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('invite.title')}
      footer={
        <Button kind="primary" busy={invite.isPending} disabled={chosen.length === 0} onClick={() => invite.mutate()}>
          {t('invite.send', { count: chosen.length })}
        </Button>
      }
    >
      <PeoplePicker chosen={chosen} onChosen={setChosen} without={without} />
    </Dialog>
  )
}
