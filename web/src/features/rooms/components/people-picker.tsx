import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { lookupUsers } from '#contracts/users.ts'
import type { FoundUser } from '#contracts/schemas/account.ts'
import { callApi } from '@/lib/api.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { Icon } from '@/ui/icons.tsx'
import { useRested } from '@/ui/use-rested.ts'

interface Props {
  label: string
  chosen: readonly FoundUser[]
  onChosen: (people: readonly FoundUser[]) => void
  /** Those who need not be found. */
  without: ReadonlySet<number>
}

/** Finds people by name or e-mail, and keeps those chosen. */
export function PeoplePicker({ label, chosen, onChosen, without }: Props) {
  const { t } = useTranslation('rooms')
  const [words, setWords] = useState('')
  const q = useRested(words.trim())
  const found = useQuery({
    queryKey: ['users', 'lookup', q],
    queryFn: async ({ signal }) => (await callApi(lookupUsers, { query: { q } }, { signal })).users,
    enabled: q !== '',
  })
  const isOffered = (user: FoundUser) =>
    !without.has(user.user_id) && !chosen.some((one) => one.user_id === user.user_id)
  const offered = q === '' ? [] : (found.data?.filter(isOffered) ?? [])
  return (
    <div>
      <Field label={label} hint={t('people.hint')}>
        <Input
          icon="search"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          autoComplete="off"
          placeholder={t('people.placeholder')}
        />
      </Field>
      {chosen.length > 0 && (
        <ul className="mt-2 flex flex-wrap gap-1.5" aria-label={t('people.chosen')}>
          {chosen.map((user) => (
            <li key={user.user_id}>
              <button
                type="button"
                onClick={() => onChosen(chosen.filter((one) => one !== user))}
                aria-label={t('people.remove', { name: user.nickname || user.username })}
                className="flex h-7 items-center gap-1.5 rounded-full bg-pressed pl-1 pr-2 text-12 hover:bg-hover touch:h-11"
              >
                <Avatar id={user.user_id} name={user.nickname || user.username} src={user.avatar_url} size={20} />
                {user.nickname || user.username}
                <Icon name="x" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {q !== '' && (
        <ul className="mt-2 max-h-56 overflow-y-auto rounded-10 border border-line" aria-label={t('people.found')}>
          {offered.map((user) => (
            <li key={user.user_id}>
              <button
                type="button"
                onClick={() => {
                  onChosen([...chosen, user])
                  setWords('')
                }}
                className="flex w-full items-center gap-3 px-3 py-1.5 text-left hover:bg-hover touch:min-h-11"
              >
                <Avatar id={user.user_id} name={user.nickname || user.username} src={user.avatar_url} size={24} />
                <bdi className="truncate font-medium">{user.nickname || user.username}</bdi>
                <span className="truncate text-12 text-ink-3">@{user.username}</span>
              </button>
            </li>
          ))}
          {offered.length === 0 && (
            <li className="px-3 py-2 text-ink-2">{found.isPending ? t('people.searching') : t('people.nobody')}</li>
          )}
        </ul>
      )}
    </div>
  )
}
