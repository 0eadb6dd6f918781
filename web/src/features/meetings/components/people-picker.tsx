import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FoundUser } from '#contracts/schemas/account.ts'
import { nameOf } from '@/lib/account.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { IconButton } from '@/ui/button.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { usePeople } from '../api/queries.ts'

interface PeoplePickerProps {
  chosen: readonly FoundUser[]
  onChosen: (chosen: readonly FoundUser[]) => void
  /** Those who are in already, and need not be offered. */
  without?: readonly number[]
}

/** Finds people by name or address and gathers them. */
export function PeoplePicker({ chosen, onChosen, without = [] }: PeoplePickerProps) {
  const { t } = useTranslation('meetings')
  const [words, setWords] = useState('')
  const sought = useDeferredValue(words.trim())
  const { data: found, isFetching } = usePeople(sought)
  const taken = new Set([...without, ...chosen.map((person) => person.user_id)])
  const offered = sought ? (found ?? []).filter((person) => !taken.has(person.user_id)).slice(0, 6) : []
  return (
    <div className="grid gap-2">
      <Field label={t('invite.label')}>
        <Input
          icon="user-plus"
          value={words}
          autoComplete="off"
          placeholder={t('invite.placeholder')}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
            event.preventDefault()
            const [first] = offered
            if (!first) return
            onChosen([...chosen, first])
            setWords('')
          }}
        />
      </Field>
      {offered.length > 0 && (
        <ul aria-label={t('invite.found')} className="rounded-10 border border-line p-1 shadow-1">
          {offered.map((person) => (
            <li key={person.user_id}>
              <button
                type="button"
                onClick={() => {
                  onChosen([...chosen, person])
                  setWords('')
                }}
                className="flex w-full items-center gap-2.5 rounded-6 px-2 py-1.5 text-left hover:bg-hover touch:min-h-11"
              >
                <Avatar id={person.user_id} name={nameOf(person)} src={person.avatar_url} size={24} />
                <span className="min-w-0 flex-1 truncate">
                  {nameOf(person)} <span className="text-12 text-ink-3">@{person.username}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {sought && !isFetching && offered.length === 0 && (
        <p className="text-12 text-ink-3">{t('invite.nobody', { words: sought })}</p>
      )}
      {chosen.length > 0 && (
        <ul aria-label={t('invite.chosen')} className="flex flex-wrap gap-1.5">
          {chosen.map((person) => (
            <li key={person.user_id} className="flex items-center gap-1.5 rounded-full bg-pressed py-0.5 pl-1 pr-0.5">
              <Avatar id={person.user_id} name={nameOf(person)} src={person.avatar_url} size={20} />
              {nameOf(person)}
              <IconButton
                icon="x"
                size="sm"
                iconSize={14}
                label={t('invite.remove', { name: nameOf(person) })}
                onClick={() => onChosen(chosen.filter((other) => other !== person))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
