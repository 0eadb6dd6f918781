import { useNavigate, useParams } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteRecording } from '#contracts/recording.ts'
import { useAct } from '@/app/query.ts'
import { useAccount } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { formatBytes, formatClock } from '@/lib/time.ts'
import { Button, IconButton, LinkButton } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Page as Frame } from '@/ui/page.tsx'
import { Player, type PlayerHandle } from '@/ui/player.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { toast } from '@/ui/toast.tsx'
import { downloadFile, libraryKey, useFile, useLink } from '../api/queries.ts'
import { type RecordingDetails, recordingsKey, useRecording } from '../api/recordings.ts'
import { RecordingChat } from '../components/recording-chat.tsx'
import { RecordingPending } from '../components/recording-pending.tsx'
import { Voices } from '../components/voices.tsx'

/** A recording: the film with the meeting's chat beside it, and each person's sound. */
export function Page() {
  const { id = '' } = useParams({ strict: false })
  return <Detail key={id} id={id} />
}

function Detail({ id }: { id: string }) {
  const { t } = useTranslation('library')
  const { data: recording, error, refetch } = useRecording(id)
  const [at, setAt] = useState(0)
  const player = useRef<PlayerHandle>(null)
  if (!recording) {
    return (
      <Frame title={t('recordings.one')} back="/library/recordings">
        {error ? (
          <ErrorState error={error} title={t('recordings.oneFailed')} onRetry={() => void refetch()} />
        ) : (
          <Loading className="grid gap-6 lg:grid-cols-[1fr_22rem]">
            <Skeleton className="aspect-16/9 w-full rounded-10" />
            <Skeleton className="h-96 w-full rounded-10" />
          </Loading>
        )}
      </Frame>
    )
  }
  const isThere = recording.status === 'completed' && recording.file_id !== null
  return (
    <Frame
      title={<span title={recording.meeting_title}>{recording.meeting_title}</span>}
      tabTitle={recording.meeting_title}
      subtitle={<Facts recording={recording} />}
      back="/library/recordings"
      width="full"
      actions={<Acts recording={recording} />}
    >
      {isThere ? (
        <div className="mx-auto grid max-w-[96rem] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="min-w-0 lg:space-y-8">
            <Film ref={player} recording={recording} onTime={setAt} />
            <div className="max-lg:hidden">
              <Voices tracks={recording.tracks} />
            </div>
          </div>
          <div className="lg:sticky lg:top-4 lg:h-[min(44rem,calc(100dvh-9rem))]">
            <RecordingChat recording={recording} at={at} onSeek={(seconds) => player.current?.playFrom(seconds)} />
          </div>
          <div className="lg:hidden">
            <Voices tracks={recording.tracks} />
          </div>
        </div>
      ) : (
        <RecordingPending recording={recording} />
      )}
    </Frame>
  )
}

function Facts({ recording }: { recording: RecordingDetails }) {
  const { t, i18n } = useTranslation('library')
  const { duration, size } = recording
  return (
    <>
      <Time value={recording.started_at} style="datetime" />
      {duration !== null && ` · ${formatClock(duration)}`}
      {size !== null && ` · ${formatBytes(size, i18n.language)}`} · {t('recordings.by', { name: recording.user_name })}
    </>
  )
}

interface FilmProps {
  recording: RecordingDetails
  onTime: (seconds: number) => void
  ref: React.Ref<PlayerHandle>
}

function Film({ recording, onTime, ref }: FilmProps) {
  const { t } = useTranslation('library')
  const { data: link, error, refetch } = useLink(recording.file_id)
  const poster = useFile(recording.file_id).data?.preview_url
  if (error && !link) return <ErrorState error={error} title={t('file.failed')} onRetry={() => void refetch()} />
  if (!link) {
    return (
      <Loading>
        <Skeleton className="aspect-16/9 w-full rounded-10" />
      </Loading>
    )
  }
  return (
    <Player
      ref={ref}
      src={link.url}
      kind="video"
      title={recording.meeting_title}
      onTime={onTime}
      {...(poster && { poster })}
    />
  )
}

function Acts({ recording }: { recording: RecordingDetails }) {
  const { t } = useTranslation('library')
  const navigate = useNavigate()
  const { data: account } = useAccount()
  const [asks, setAsks] = useState(false)
  const { file_id: fileId, recording_id: id } = recording
  const download = useAct({ act: async () => fileId !== null && (await downloadFile(fileId)) })
  const remove = useAct({
    act: () => callApi(deleteRecording, { params: { id } }),
    onDone: () => {
      toast(t('recordings.deleted'), { tone: 'ok' })
      void navigate({ to: '/library/recordings' })
    },
    invalidates: [[...recordingsKey, 'list'], libraryKey],
  })
  const mayDelete = account?.user_id === recording.user_id && recording.status !== 'recording'
  return (
    <>
      {/* So wide that it stands under the title on a phone, instead of leaving two letters of it. */}
      <div className="flex items-center gap-2 max-sm:min-w-72">
        {mayDelete && <IconButton icon="trash-2" label={t('recordings.delete')} onClick={() => setAsks(true)} />}
        <LinkButton to={`/meetings/${recording.meeting_id}`} icon="video">
          {t('recordings.toMeeting')}
        </LinkButton>
        {fileId !== null && (
          <Button kind="primary" icon="download" busy={download.isPending} onClick={() => download.mutate()}>
            {t('recordings.download')}
          </Button>
        )}
      </div>
      <Confirm
        open={asks}
        onOpenChange={setAsks}
        title={t('recordings.deleteTitle', { title: recording.meeting_title })}
        description={t('recordings.deleteWhat')}
        action={t('recordings.delete')}
        onConfirm={() => remove.mutateAsync()}
      />
    </>
  )
}
