import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '@/ui/button.tsx'
import { Input } from '@/ui/field.tsx'
import { copyMeetingLink } from '../meeting-link.ts'
import { LobbyList } from './lobby-list.tsx'
import { PersonRow } from './person-row.tsx'
import { useModerates, useRoom, useRoomState } from './room-context.ts'
import { SidePanel } from './side-panel.tsx'

const SEARCH_FROM = 8

/** Who waits and who is here; what moderators do with everybody stands at the foot. */
export function PeoplePanel() {
  const { t, i18n } = useTranslation('meetings')
  const { session, meetingId } = useRoom()
  const people = useRoomState((state) => state.people)
  const selfId = useRoomState((state) => state.selfId)
  const moderates = useModerates()
  const [words, setWords] = useState('')
  const shown = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    const order = new Intl.Collator(i18n.language)
    // Oneself first, raised hands by who raised first, then by name.
    const rank = (person: (typeof people)[number]) => (person.userId === selfId ? 0 : person.handAt !== null ? 1 : 2)
    return people
      .filter((person) => person.name.toLowerCase().includes(wanted))
      .toSorted((a, b) => rank(a) - rank(b) || (a.handAt ?? 0) - (b.handAt ?? 0) || order.compare(a.name, b.name))
  }, [people, words, selfId, i18n.language])
  return (
    <SidePanel
      title={t('people.title', { count: people.length })}
      actions={<IconButton icon="link" label={t('copyLink')} onClick={() => copyMeetingLink(meetingId, t)} />}
    >
      {people.length >= SEARCH_FROM && (
        <div className="px-4 pb-2">
          <Input
            icon="search"
            aria-label={t('people.search')}
            placeholder={t('people.search')}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </div>
      )}
      <div className="min-h-0 flex-1 overflow-y-auto pb-2">
        {moderates && <LobbyList />}
        <ul aria-label={t('people.inside')}>
          {shown.map((person) => (
            <PersonRow key={person.userId} person={person} />
          ))}
        </ul>
      </div>
      {moderates && people.length > 1 && (
        <div className="flex gap-2 border-t border-line p-3">
          <Button
            className="flex-1"
            size="sm"
            icon="mic-off"
            onClick={() => session.send('mute-request', { kind: 'audio' })}
          >
            {t('people.muteAll')}
          </Button>
        </div>
      )}
    </SidePanel>
  )
}
