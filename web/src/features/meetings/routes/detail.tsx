import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Meeting } from '#contracts/schemas/meeting.ts'
import { NotFound } from '@/app/not-found.tsx'
import { Badge } from '@/ui/badge.tsx'
import { Button, LinkButton } from '@/ui/button.tsx'
import { Page as Frame } from '@/ui/page.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { useMeeting } from '../api/queries.ts'
import { CaptureNotice } from '../components/capture-notice.tsx'
import { MeetingFacts } from '../components/meeting-facts.tsx'
import { MeetingMenu } from '../components/meeting-menu.tsx'
import { MeetingPeople } from '../components/meeting-people.tsx'
import { MeetingRecordings } from '../components/meeting-recordings.tsx'
import { MeetingSheet } from '../components/meeting-sheet.tsx'
import { copyMeetingLink, meetingIdIn, roomPath } from '../meeting-link.ts'

/** One meeting: when, who, how, and the way in. */
export function Page() {
  const { id = '' } = useParams({ strict: false })
  const meetingId = meetingIdIn(id)
  return meetingId === null ? <NotFound /> : <Detail key={meetingId} meetingId={meetingId} />
}

function Detail({ meetingId }: { meetingId: number }) {
  const { t } = useTranslation('meetings')
  const { data: meeting, error, refetch } = useMeeting(meetingId)
  const [editing, setEditing] = useState(false)
  if (!meeting) {
    return (
      <Frame title={error ? t('detail.title') : ''} back="/meetings">
        {error ? (
          <ErrorState error={error} title={t('detail.failed')} onRetry={() => void refetch()} />
        ) : (
          <SkeletonRows />
        )}
      </Frame>
    )
  }
  const over = meeting.status === 'ended' || meeting.status === 'cancelled'
  return (
    <Frame
      title={meeting.title}
      back="/meetings"
      actions={
        <>
          <MeetingMenu meeting={meeting} onEdit={() => setEditing(true)} />
          <Button icon="copy" className="max-sm:hidden" onClick={() => copyMeetingLink(meetingId, t)}>
            {t('copyLink')}
          </Button>
          {!over && <JoinLink meeting={meeting} className="max-sm:hidden" />}
        </>
      }
    >
      <p className="-mt-1 mb-4">
        <Badge
          tone={meeting.status === 'ongoing' ? 'ok' : meeting.status === 'scheduled' ? 'accent' : 'neutral'}
          {...(meeting.status === 'ongoing' ? { icon: 'radio' as const } : {})}
        >
          {t(`status.${meeting.status}`)}
        </Badge>
      </p>
      {!over && <JoinLink meeting={meeting} className="mb-4 w-full sm:hidden" />}
      {!over && (
        <div className="mb-4 max-w-[44rem] empty:hidden">
          <CaptureNotice meetingId={meetingId} />
        </div>
      )}
      <div className="grid items-start gap-x-8 gap-y-6 lg:grid-cols-[1fr_22rem]">
        <div className="min-w-0">
          <MeetingRecordings meetingId={meetingId} />
          <MeetingPeople meeting={meeting} />
        </div>
        <MeetingFacts meeting={meeting} />
      </div>
      <MeetingSheet open={editing} onOpenChange={setEditing} meeting={meeting} />
    </Frame>
  )
}

/** The way in: beside the title, or the whole width of a phone under it. */
function JoinLink({ meeting, className }: { meeting: Meeting; className: string }) {
  const { t } = useTranslation('meetings')
  const hosts = meeting.my_role === 'host' || meeting.my_role === 'moderator'
  return (
    <LinkButton
      kind="primary"
      icon={meeting.meeting_type === 'audio' ? 'mic' : 'video'}
      to={roomPath(meeting.meeting_id)}
      className={className}
    >
      {t(hosts && meeting.status === 'scheduled' ? 'list.start' : 'list.enter')}
    </LinkButton>
  )
}
