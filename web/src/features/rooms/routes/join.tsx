import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { acceptInvite, lookAtInvite } from '#contracts/rooms.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Button, LinkButton } from '@/ui/button.tsx'
import { Page as Frame } from '@/ui/page.tsx'
import { EmptyState, SkeletonRows } from '@/ui/states.tsx'
import { putRoom } from '../state/rooms.ts'

/** Where an invite link leads: what the room is, and the way in. */
export function Page() {
  const { t } = useTranslation('rooms')
  const navigate = useNavigate()
  const { token = '' }: { token?: string | number } = useSearch({ strict: false })
  const invitation = useQuery({
    queryKey: ['rooms', 'invitation', token],
    queryFn: ({ signal }) => callApi(lookAtInvite, { query: { token: String(token) } }, { signal }),
    retry: false,
  })
  const accept = useAct({
    act: () => callApi(acceptInvite, { body: { token: String(token) } }),
    onDone: (room) => {
      putRoom(room)
      void navigate({ to: '/rooms/$id', params: { id: String(room.id) } })
    },
  })
  return (
    <Frame title={t('join.title')} width="reading">
      {invitation.isPending && <SkeletonRows count={2} />}
      {invitation.isError && (
        <EmptyState
          icon="link"
          title={t('join.ended')}
          action={<LinkButton to="/rooms">{t('missing.back')}</LinkButton>}
        >
          {t('join.endedText')}
        </EmptyState>
      )}
      {invitation.data && (
        <EmptyState
          icon="messages-square"
          title={t('join.to', { name: invitation.data.name })}
          action={
            <Button kind="primary" busy={accept.isPending} onClick={() => accept.mutate()}>
              {t('join.act')}
            </Button>
          }
        >
          {t('details.members', { count: invitation.data.member_count })}
        </EmptyState>
      )}
    </Frame>
  )
}
