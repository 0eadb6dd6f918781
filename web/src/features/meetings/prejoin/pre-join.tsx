import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Logo } from '@/app/logo.tsx'
import { useTitle } from '@/ui/page.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { nameOf, useAccount } from '@/lib/account.ts'
import { usePreview } from '../api/queries.ts'
import { DevicePickers } from './device-pickers.tsx'
import { JoinForm } from './join-form.tsx'
import { PreviewPicture } from './preview-picture.tsx'
import { useLocalMedia } from './use-local-media.ts'

/** The page before the meeting: how one looks and sounds, and the way in. */
export function PreJoin({ meetingId }: { meetingId: number }) {
  const { t } = useTranslation('meetings')
  const preview = usePreview(meetingId)
  const { data: account } = useAccount()
  const audioOnly = preview.data?.meeting_type === 'audio'
  const [kept, local] = useLocalMedia(preview.data?.meeting_type)
  useTitle(preview.data?.title ?? t('prejoin.title'))
  return (
    <div className="flex min-h-dvh flex-col bg-sunken">
      <header className="flex h-14 shrink-0 items-center px-4 md:px-6">
        <Link to="/meetings" aria-label={t('prejoin.back')} className="rounded-6">
          <Logo />
        </Link>
      </header>
      <main className="mx-auto grid w-full max-w-[68rem] flex-1 content-center gap-x-10 gap-y-6 px-4 pb-10 md:px-6 lg:grid-cols-[1.6fr_1fr] lg:items-center">
        {preview.error ? (
          <div className="lg:col-span-2">
            <ErrorState error={preview.error} title={t('prejoin.failed')} onRetry={() => void preview.refetch()} />
          </div>
        ) : !preview.data || !account ? (
          <Loading className="grid gap-6 lg:col-span-2 lg:grid-cols-[1.6fr_1fr]">
            <Skeleton className="aspect-16/9 w-full rounded-10" />
            <Skeleton className="h-48 w-full self-center" />
          </Loading>
        ) : (
          <>
            <div className="min-w-0">
              <PreviewPicture
                local={local}
                audioOnly={audioOnly}
                person={{ id: account.user_id, name: nameOf(account), avatarUrl: account.avatar_url }}
              />
            </div>
            <div className="min-w-0 lg:row-span-2">
              <JoinForm meetingId={meetingId} preview={preview.data} local={local} onEntered={kept} />
            </div>
            <DevicePickers local={local} abreast />
          </>
        )}
      </main>
    </div>
  )
}
