import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { joinMeeting, startMeeting } from '#contracts/meetings.ts'
import type { MeetingPreview } from '#contracts/schemas/meeting.ts'
import type { Static } from 'typebox'
import { nameOf, useAccount } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { ApiError } from '@/lib/api-error.ts'
import { Badge, Notice } from '@/ui/badge.tsx'
import { Button, LinkButton } from '@/ui/button.tsx'
import { Field, PasswordInput } from '@/ui/field.tsx'
import { Time } from '@/ui/time.tsx'
import { useForm } from '@/ui/use-form.ts'
import { enterRoom } from '../active-room.ts'
import { useMeeting } from '../api/queries.ts'
import { CaptureNotice } from '../components/capture-notice.tsx'
import type { LocalMedia } from '../rtc/local-media.ts'
import { WhoIsInside } from './who-is-inside.tsx'

interface JoinFormProps {
  meetingId: number
  preview: Static<typeof MeetingPreview>
  local: LocalMedia
  /** The room has the devices now. */
  onEntered: () => void
}

const WRONG_PASSWORD = 2004

/** What the meeting is, who is there, and the button. */
export function JoinForm({ meetingId, preview, local, onEntered }: JoinFormProps) {
  const { t } = useTranslation('meetings')
  const { data: account } = useAccount()
  const meeting = useMeeting(meetingId, { quiet: true }).data
  const [password, setPassword] = useState('')
  const hosts = meeting?.my_role === 'host' || meeting?.my_role === 'moderator'
  const starts = hosts && preview.status === 'scheduled'
  const asks = preview.password_required && !hosts
  const { busy, error, sentence, onSubmit } = useForm(async () => {
    if (!account) return
    const params = { id: meetingId }
    if (starts) await callApi(startMeeting, { params })
    await callApi(joinMeeting, { params, body: password ? { password } : {} })
    onEntered()
    const self = { userId: account.user_id, name: nameOf(account), avatarUrl: account.avatar_url }
    enterRoom({ meetingId, self, local, password: password || undefined, joined: true })
  })
  const wrong = error instanceof ApiError && error.code === WRONG_PASSWORD
  const closed = preview.status === 'ended' || preview.status === 'cancelled'
  return (
    <form onSubmit={onSubmit} className="flex min-w-0 flex-col items-center gap-5 text-center">
      <div className="w-full min-w-0">
        {preview.status === 'ongoing' && (
          <p className="mb-2">
            <Badge tone="ok" icon="radio">
              {t('status.ongoing')}
            </Badge>
          </p>
        )}
        <h1 className="line-clamp-3 text-28 font-semibold max-sm:text-20">
          {preview.title ?? t('prejoin.hidden', { id: meetingId })}
        </h1>
        <p className="mt-2 flex flex-wrap justify-center gap-x-2 text-ink-2">
          {preview.start_time && (
            <span>
              <Time value={preview.start_time} style="datetime" />
              {preview.end_time && (
                <>
                  {' – '}
                  <Time value={preview.end_time} style="time" />
                </>
              )}
            </span>
          )}
          {preview.host_name && <span>{t('prejoin.host', { name: preview.host_name })}</span>}
        </p>
      </div>
      {closed ? (
        <>
          <Notice tone="warn">{t(preview.status === 'ended' ? 'prejoin.ended' : 'prejoin.cancelled')}</Notice>
          <LinkButton to="/meetings">{t('prejoin.back')}</LinkButton>
        </>
      ) : (
        <>
          <div className="w-full text-left empty:hidden">
            <CaptureNotice meetingId={meetingId} />
          </div>
          <WhoIsInside meetingId={meetingId} member={Boolean(meeting?.my_role)} />
          {sentence && !wrong && (
            <div className="w-full text-left">
              <Notice tone="danger">{sentence}</Notice>
            </div>
          )}
          {asks && (
            <Field
              label={t('prejoin.password')}
              error={wrong && t('prejoin.wrongPassword')}
              className="w-full max-w-72 text-left"
            >
              <PasswordInput
                value={password}
                onChange={(event) => setPassword(event.target.value)}
                autoComplete="off"
                maxLength={50}
                required
              />
            </Field>
          )}
          <Button
            type="submit"
            kind="primary"
            size="lg"
            busy={busy}
            icon={preview.meeting_type === 'audio' ? 'mic' : 'video'}
            className="min-w-48 max-sm:w-full"
          >
            {t(starts ? 'prejoin.start' : preview.waiting_room && !hosts ? 'prejoin.ask' : 'prejoin.join')}
          </Button>
          {account && <p className="text-12 text-ink-3">{t('prejoin.as', { name: nameOf(account) })}</p>}
        </>
      )}
    </form>
  )
}
