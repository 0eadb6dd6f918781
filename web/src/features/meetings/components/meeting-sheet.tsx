import { useNavigate } from '@tanstack/react-router'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addParticipant, createMeeting, updateMeeting } from '#contracts/meetings.ts'
import type { FoundUser } from '#contracts/schemas/account.ts'
import type { Meeting } from '#contracts/schemas/meeting.ts'
import { useZone } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Sheet } from '@/ui/dialog.tsx'
import { toast } from '@/ui/toast.tsx'
import { useForm } from '@/ui/use-form.ts'
import { meetingsKey } from '../api/queries.ts'
import { type MeetingDraft, bodyOf, draftOf, newDraft } from './meeting-draft.ts'
import { MeetingFields } from './meeting-fields.tsx'
import { PeoplePicker } from './people-picker.tsx'

interface MeetingSheetProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Absent: a new one. */
  meeting?: Meeting
}

/** Makes a meeting, or changes one. */
export function MeetingSheet(props: MeetingSheetProps) {
  // Begins anew each time it opens.
  return props.open ? <OpenSheet {...props} /> : null
}

function OpenSheet({ open, onOpenChange, meeting }: MeetingSheetProps) {
  const { t } = useTranslation('meetings')
  const zone = useZone()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [draft, setDraft] = useState<MeetingDraft>(() =>
    meeting ? draftOf(meeting, zone) : newDraft(Date.now(), zone),
  )
  const [invited, setInvited] = useState<readonly FoundUser[]>([])
  const { busy, sentence, onSubmit } = useForm(async () => {
    const body = bodyOf(draft, zone)
    if (meeting) {
      await callApi(updateMeeting, { params: { id: meeting.meeting_id }, body })
      toast(t('form.saved'), { tone: 'ok' })
    } else {
      const { meeting_id: id } = await callApi(createMeeting, { body })
      const added = await Promise.allSettled(
        invited.map((person) => callApi(addParticipant, { params: { id }, body: { user_id: person.user_id } })),
      )
      if (added.some((each) => each.status === 'rejected')) toast(t('form.someNotInvited'), { tone: 'danger' })
      void navigate({ to: `/meetings/${id}` })
    }
    await client.invalidateQueries({ queryKey: meetingsKey })
    if (meeting) onOpenChange(false)
  })
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title={t(meeting ? 'form.edit' : 'form.new')}
      footer={
        <Button type="submit" form="meeting-form" kind="primary" busy={busy} className="max-sm:flex-1">
          {t(meeting ? 'form.save' : 'form.create')}
        </Button>
      }
    >
      <form id="meeting-form" onSubmit={onSubmit} className="grid gap-5">
        {sentence && <Notice tone="danger">{sentence}</Notice>}
        <MeetingFields draft={draft} onDraft={setDraft} hadPassword={meeting?.has_password ?? false} />
        {!meeting && <PeoplePicker chosen={invited} onChosen={setInvited} />}
      </form>
    </Sheet>
  )
}
