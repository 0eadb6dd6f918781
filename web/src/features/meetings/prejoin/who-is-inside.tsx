import { useTranslation } from 'react-i18next'
import { nameOf, useAccount } from '@/lib/account.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { useParticipants } from '../api/queries.ts'

const SHOWN = 4

/** Who one will meet; only those who belong to the meeting are told. */
export function WhoIsInside({ meetingId, member }: { meetingId: number; member: boolean }) {
  const { t, i18n } = useTranslation('meetings')
  const { data: account } = useAccount()
  const { data } = useParticipants(meetingId, { enabled: member, every: 10_000 })
  if (!data) return null
  const inside = data.participants.filter((each) => each.status === 'online' && each.user_id !== account?.user_id)
  if (inside.length === 0) return <p className="text-ink-2">{t('prejoin.nobody')}</p>
  const names = inside.slice(0, 2).map((person) => nameOf(person))
  const rest = inside.length - names.length
  const list = new Intl.ListFormat(i18n.language, { type: 'conjunction' })
  return (
    <div className="flex flex-col items-center gap-2">
      <span className="flex gap-1">
        {inside.slice(0, SHOWN).map((person) => (
          <Avatar key={person.user_id} id={person.user_id} name={nameOf(person)} src={person.avatar_url} size={32} />
        ))}
      </span>
      <p className="text-ink-2">
        {t('prejoin.inside', {
          names: list.format(rest > 0 ? [...names, t('prejoin.others', { count: rest })] : names),
          count: inside.length,
        })}
      </p>
    </div>
  )
}
