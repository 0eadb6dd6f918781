import { useNavigate, useSearch } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '@/app/query.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { Input } from '@/ui/field.tsx'
import { Page as Frame } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { startInstantMeeting } from '../api/instant.ts'
import { type ListKind, PAGE_SIZE, useMeetings } from '../api/queries.ts'
import { JoinDialog } from '../components/join-dialog.tsx'
import { MeetingSheet } from '../components/meeting-sheet.tsx'
import { MeetingRows } from '../components/meeting-rows.tsx'
import { roomPath } from '../meeting-link.ts'

/** The meetings one belongs to, and the three ways to another: now, later, somebody else's. */
export function Page() {
  const { t } = useTranslation('meetings')
  const navigate = useNavigate()
  const asked = useSearch({ strict: false }) as { new?: unknown; join?: unknown }
  const [kind, setKind] = useState<ListKind>('upcoming')
  const [page, setPage] = useState(1)
  const [words, setWords] = useState('')
  const sought = useDeferredValue(words.trim())
  const { data, error, refetch, isPlaceholderData } = useMeetings(kind, sought, page)
  const close = () => void navigate({ to: '/meetings', search: {}, replace: true })
  const open = (what: 'new' | 'join') =>
    void navigate({ to: '/meetings', search: { [what]: 1 } as never, replace: true })
  const instant = useAct({ act: startInstantMeeting, onDone: (id) => void navigate({ to: roomPath(id) }) })
  const pages = data ? Math.max(1, Math.ceil(data.total / PAGE_SIZE)) : 1
  return (
    <Frame
      title={t('list.title')}
      actions={
        <>
          <Button icon="log-in" className="max-sm:px-2.5!" onClick={() => open('join')}>
            {t('list.join')}
          </Button>
          <Button icon="calendar-plus" className="max-sm:px-2.5!" onClick={() => open('new')}>
            {t('list.schedule')}
          </Button>
          <Button
            kind="primary"
            icon="video"
            className="max-sm:px-2.5!"
            busy={instant.isPending}
            onClick={() => instant.mutate()}
          >
            {t('list.now')}
          </Button>
        </>
      }
    >
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <Segmented
          label={t('list.which')}
          value={kind}
          onValue={(value) => {
            setKind(value)
            setPage(1)
          }}
          options={(['upcoming', 'past', 'all'] as const).map((value) => ({ value, label: t(`list.${value}`) }))}
          className="max-sm:w-full"
        />
        <div className="ml-auto w-full sm:w-64">
          <Input
            icon="search"
            type="search"
            aria-label={t('list.search')}
            placeholder={t('list.search')}
            value={words}
            onChange={(event) => {
              setWords(event.target.value)
              setPage(1)
            }}
          />
        </div>
      </div>
      {error && !data ? (
        <ErrorState error={error} title={t('list.failed')} onRetry={() => void refetch()} />
      ) : !data ? (
        <SkeletonRows />
      ) : data.meetings.length === 0 ? (
        sought ? (
          <EmptyState icon="search" title={t('list.nothing', { words: sought })} />
        ) : (
          <EmptyState
            icon="video"
            title={t(`empty.${kind}`)}
            action={
              <Button kind="primary" icon="calendar-plus" onClick={() => open('new')}>
                {t('form.create')}
              </Button>
            }
          >
            {t('empty.text')}
          </EmptyState>
        )
      ) : (
        <div className={isPlaceholderData ? 'opacity-60 transition-opacity' : undefined}>
          <MeetingRows meetings={data.meetings} />
          {pages > 1 && (
            <nav aria-label={t('list.pages')} className="mt-4 flex items-center justify-center gap-2 text-ink-2">
              <IconButton
                icon="chevron-left"
                label={t('room.previousPage')}
                disabled={page <= 1}
                onClick={() => setPage(page - 1)}
              />
              {t('room.page', { page, pages })}
              <IconButton
                icon="chevron-right"
                label={t('room.nextPage')}
                disabled={page >= pages}
                onClick={() => setPage(page + 1)}
              />
            </nav>
          )}
        </div>
      )}
      <MeetingSheet open={Boolean(asked.new)} onOpenChange={(to) => !to && close()} />
      <JoinDialog open={Boolean(asked.join)} onOpenChange={(to) => !to && close()} />
    </Frame>
  )
}
