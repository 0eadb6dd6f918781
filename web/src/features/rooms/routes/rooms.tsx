import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { ListDetail, useTitle } from '@/ui/page.tsx'
import { EmptyState } from '@/ui/states.tsx'
import { NewRoom } from '../components/new-room.tsx'
import { RoomList } from '../components/room-list.tsx'
import { RoomView } from '../components/room-view.tsx'
import { useRooms } from '../state/rooms.ts'

/** The rooms, and the one that is open. */
export function Page() {
  const { t } = useTranslation('rooms')
  const navigate = useNavigate()
  const { id }: { id?: string } = useParams({ strict: false })
  const { at, new: isNew }: { at?: number; new?: unknown } = useSearch({ strict: false })
  const rooms = useRooms()
  const selected = id === undefined ? undefined : Number(id)
  const room = rooms.data?.find((one) => one.id === selected)
  const create = (open: boolean) => void navigate({ to: '.', search: open ? { new: 1 } : {} })
  useTitle(room?.name ?? t('title'))
  return (
    <>
      <ListDetail
        list={<RoomList selected={selected} onCreate={() => create(true)} />}
        detailOpen={selected !== undefined}
        detail={
          room ? (
            <RoomView key={room.id} room={room} at={typeof at === 'number' ? at : undefined} />
          ) : selected !== undefined ? (
            <>
              <h1 className="sr-only">{t('title')}</h1>
              {rooms.data && (
                <div className="grid h-full place-items-center">
                  <EmptyState
                    icon="messages-square"
                    title={t('missing.title')}
                    action={<Button onClick={() => void navigate({ to: '/rooms' })}>{t('missing.back')}</Button>}
                  >
                    {t('missing.text')}
                  </EmptyState>
                </div>
              )}
            </>
          ) : rooms.data ? (
            <div className="grid h-full place-items-center">
              <EmptyState
                icon="messages-square"
                title={t(rooms.data.length === 0 ? 'empty.title' : 'choose.title')}
                action={
                  <Button kind="primary" icon="plus" onClick={() => create(true)}>
                    {t('create.title')}
                  </Button>
                }
              >
                {t(rooms.data.length === 0 ? 'empty.text' : 'choose.text')}
              </EmptyState>
            </div>
          ) : null
        }
      />
      <NewRoom open={isNew !== undefined} onOpenChange={create} />
    </>
  )
}
