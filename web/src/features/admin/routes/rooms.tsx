import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type LiveRoom, endLiveRoom, listLiveRooms } from '#contracts/admin-rooms.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Button } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Card } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { type Column, Table } from '@/ui/table.tsx'
import { Time } from '@/ui/time.tsx'
import { toast } from '@/ui/toast.tsx'
import { AdminPage } from '../components/admin-page.tsx'
import { bitrate, share } from '../components/bitrate.ts'
import { LivePeople } from '../components/live-people.tsx'

const roomsKey = ['admin', 'rooms'] as const
const REFRESH_MS = 5_000

/** Meetings with somebody inside: who, how much they send and get, and how to end one. */
export function Page() {
  const { t, i18n } = useTranslation('admin')
  const [shown, setShown] = useState<number>()
  const [ending, setEnding] = useState<LiveRoom>()
  const { data, error, refetch } = useQuery({
    queryKey: roomsKey,
    queryFn: ({ signal }) => callApi(listLiveRooms, {}, { signal }),
    refetchInterval: REFRESH_MS,
  })
  const columns: Column<LiveRoom>[] = [
    {
      id: 'room',
      title: t('rooms.room'),
      className: 'w-full max-w-0',
      cell: (room) => (
        <button
          type="button"
          className="block w-full min-w-0 rounded-6 text-left"
          onClick={() => setShown(room.meeting_id)}
        >
          <span className="block truncate font-medium">{room.title}</span>
          <span className="block truncate text-12 text-ink-3">
            #{room.meeting_id}
            {room.waiting > 0 && ` · ${t('rooms.waiting', { count: room.waiting })}`}
          </span>
        </button>
      ),
    },
    {
      id: 'people',
      title: t('rooms.people'),
      end: true,
      className: 'tabular-nums',
      cell: (room) => room.people.length,
    },
    {
      id: 'in',
      title: t('rooms.in'),
      from: 'md',
      end: true,
      className: 'tabular-nums text-ink-2',
      cell: (room) => bitrate(room.inbound_bitrate, i18n.language),
    },
    {
      id: 'out',
      title: t('rooms.out'),
      from: 'md',
      end: true,
      className: 'tabular-nums text-ink-2',
      cell: (room) => bitrate(room.outbound_bitrate, i18n.language),
    },
    {
      id: 'loss',
      title: t('rooms.loss'),
      from: 'lg',
      end: true,
      className: 'tabular-nums text-ink-2',
      cell: (room) => share(room.packet_loss_rate, i18n.language),
    },
    {
      id: 'since',
      title: t('rooms.since'),
      from: 'lg',
      className: 'text-ink-2',
      cell: (room) => <Time value={room.opened_at} />,
    },
    {
      id: 'acts',
      title: t('rooms.acts'),
      hiddenTitle: true,
      end: true,
      cell: (room) => (
        <Button size="sm" onClick={() => setEnding(room)}>
          {t('rooms.end')}
        </Button>
      ),
    },
  ]
  const shownRoom = data?.rooms.find((room) => room.meeting_id === shown)
  return (
    <AdminPage title={t('rooms.title')}>
      {error && !data ? (
        <Card>
          <ErrorState error={error} title={t('rooms.failed')} onRetry={() => void refetch()} />
        </Card>
      ) : !data ? (
        <Card>
          <SkeletonRows count={5} />
        </Card>
      ) : data.rooms.length === 0 ? (
        <Card>
          <EmptyState icon="video" title={t('rooms.none')}>
            {t('rooms.noneHint')}
          </EmptyState>
        </Card>
      ) : (
        <>
          <p className="pb-3 text-ink-2 tabular-nums">
            {t('rooms.total', { count: data.total })} · {t('rooms.totalPeople', { count: data.participants })} · ↑{' '}
            {bitrate(data.inbound_bitrate, i18n.language)} · ↓ {bitrate(data.outbound_bitrate, i18n.language)}
          </p>
          <Table caption={t('rooms.title')} columns={columns} rows={data.rooms} rowKey={(room) => room.meeting_id} />
        </>
      )}
      {shownRoom && <LivePeople room={shownRoom} onClose={() => setShown(undefined)} />}
      {ending && <End room={ending} onClose={() => setEnding(undefined)} />}
    </AdminPage>
  )
}

function End({ room, onClose }: { room: LiveRoom; onClose: () => void }) {
  const { t } = useTranslation('admin')
  const { title } = room
  const end = useAct({
    act: () => callApi(endLiveRoom, { params: { id: room.meeting_id } }),
    invalidates: [roomsKey],
    onDone: () => toast(t('rooms.ended', { title }), { tone: 'ok' }),
  })
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('rooms.endTitle', { title })}
      description={t('rooms.endText', { count: room.people.length })}
      action={t('rooms.endAction')}
      onConfirm={() => end.mutateAsync()}
    />
  )
}
