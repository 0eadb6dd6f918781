import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteMeeting, endMeeting, updateMeeting } from '#contracts/meetings.ts'
import type { Meeting } from '#contracts/schemas/meeting.ts'
import { useAct } from '@/app/query.ts'
import { useAccount } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { IconButton } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Menu, MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { toast } from '@/ui/toast.tsx'
import { meetingsKey } from '../api/queries.ts'

type Asking = 'end' | 'cancel' | 'delete' | null

/** What can be done to a meeting, by those who may. */
export function MeetingMenu({ meeting, onEdit }: { meeting: Meeting; onEdit: () => void }) {
  const { t } = useTranslation('meetings')
  const navigate = useNavigate()
  const { data: account } = useAccount()
  const [asking, setAsking] = useState<Asking>(null)
  const params = { id: meeting.meeting_id }
  const invalidates = [meetingsKey]
  const end = useAct({
    act: () => callApi(endMeeting, { params }),
    invalidates,
    onDone: () => toast(t('detail.ended'), { tone: 'ok' }),
  })
  const cancel = useAct({
    act: () => callApi(updateMeeting, { params, body: { status: 'cancelled' } }),
    invalidates,
    onDone: () => toast(t('detail.cancelled'), { tone: 'ok' }),
  })
  const remove = useAct({
    act: () => callApi(deleteMeeting, { params }),
    invalidates,
    onDone: () => {
      toast(t('detail.deleted'), { tone: 'ok' })
      void navigate({ to: '/meetings' })
    },
  })
  const hosts = meeting.my_role === 'host' || meeting.my_role === 'moderator'
  const owns = meeting.creator_id === account?.user_id || account?.role === 'admin'
  if (!hosts && !owns) return null
  const act = { end, cancel, delete: remove }
  return (
    <>
      <Menu trigger={<IconButton icon="ellipsis" label={t('detail.more')} />}>
        {(meeting.status === 'scheduled' || meeting.status === 'ongoing') && (
          <MenuItem icon="pencil" onSelect={onEdit}>
            {t('form.edit')}
          </MenuItem>
        )}
        {meeting.status === 'ongoing' && (
          <MenuItem icon="circle-stop" onSelect={() => setAsking('end')}>
            {t('leave.end')}
          </MenuItem>
        )}
        {meeting.status === 'scheduled' && (
          <MenuItem icon="ban" onSelect={() => setAsking('cancel')}>
            {t('detail.cancel')}
          </MenuItem>
        )}
        {owns && (
          <>
            <MenuSeparator />
            <MenuItem icon="trash-2" danger onSelect={() => setAsking('delete')}>
              {t('detail.delete')}
            </MenuItem>
          </>
        )}
      </Menu>
      {(['end', 'cancel', 'delete'] as const).map((what) => (
        <Confirm
          key={what}
          open={asking === what}
          onOpenChange={(open) => !open && setAsking(null)}
          title={t(`detail.confirm.${what}.title`, { title: meeting.title })}
          description={t(`detail.confirm.${what}.text`)}
          action={t(what === 'end' ? 'leave.end' : `detail.${what}`)}
          onConfirm={() => act[what].mutateAsync()}
        />
      ))}
    </>
  )
}
