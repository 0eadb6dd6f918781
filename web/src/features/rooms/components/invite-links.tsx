import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { createInvite, listInvites, revokeInvite } from '#contracts/rooms.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Button } from '@/ui/button.tsx'
import { CopyButton } from '@/ui/code-block.tsx'
import { Time } from '@/ui/time.tsx'

/** The links by which people come into a room: a new one, shown once, and those that still count, to end them. */
export function InviteLinks({ roomId }: { roomId: number }) {
  const { t } = useTranslation('rooms')
  const params = { id: roomId }
  const key = ['rooms', roomId, 'invites'] as const
  const invites = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await callApi(listInvites, { params }, { signal })).invites,
  })
  const create = useAct({ act: () => callApi(createInvite, { params, body: {} }), invalidates: [key] })
  const end = useAct({
    act: (id: number) => callApi(revokeInvite, { params: { ...params, invite_id: id } }),
    invalidates: [key],
  })
  const counting = invites.data ?? []
  const made = counting.some(({ id }) => id === create.data?.id) ? create.data : undefined
  return (
    <section aria-labelledby="room-invites">
      <h3 id="room-invites" className="mb-1 font-medium">
        {t('details.invite')}
      </h3>
      {made && (
        <div className="mb-2 flex items-center gap-1 rounded-6 border border-line bg-sunken pl-3">
          <span className="min-w-0 flex-1 truncate font-mono text-12">{made.url}</span>
          <CopyButton text={made.url} />
        </div>
      )}
      {counting.length > 0 && (
        <ul className="mb-2 divide-y divide-line rounded-10 border border-line">
          {counting.map((invite) => (
            <li key={invite.id} className="flex items-center gap-2 py-1 pl-3 pr-1">
              <span className="min-w-0 flex-1 text-12 text-ink-2">
                {t('details.inviteUntil')} <Time value={invite.expires_at} style="datetime" /> ·{' '}
                {t('details.inviteUses', { count: invite.uses })}
              </span>
              <Button
                size="sm"
                kind="ghost"
                busy={end.isPending && end.variables === invite.id}
                onClick={() => end.mutate(invite.id)}
              >
                {t('details.inviteEnd')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button icon="link" busy={create.isPending} onClick={() => create.mutate()}>
        {t('details.inviteAct')}
      </Button>
      <p className="mt-1 text-12 text-ink-3">{t('details.inviteHint')}</p>
    </section>
  )
}
