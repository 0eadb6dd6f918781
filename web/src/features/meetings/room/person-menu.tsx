import { type ReactElement, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '@/ui/dialog.tsx'
import { Menu, MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { toast } from '@/ui/toast.tsx'
import type { Person } from '../rtc/room-state.ts'
import { useRoom, useRoomState, useRoomUi } from './room-context.ts'

interface PersonMenuProps {
  person: Person
  trigger: ReactElement
}

/** What can be done with somebody: pin them; for moderators, all the rest. */
export function PersonMenu({ person, trigger }: PersonMenuProps) {
  const { t } = useTranslation('meetings')
  const { session, ui } = useRoom()
  const role = useRoomState((state) => state.role)
  const key = `person-${person.userId}`
  const pinned = useRoomUi((each) => each.pinned === key)
  const [removing, setRemoving] = useState(false)
  const { userId: user_id, media } = person
  const may = role === 'host' || (role === 'moderator' && person.role !== 'host')
  const say = (sent: boolean, text: string) =>
    toast(sent ? text : t('notice.offline'), { tone: sent ? 'plain' : 'danger' })
  return (
    <>
      <Menu trigger={trigger}>
        <MenuItem icon="pin" onSelect={() => ui.patch({ pinned: pinned ? null : key })}>
          {t(pinned ? 'tile.unpin' : 'tile.pin')}
        </MenuItem>
        {may && (
          <>
            <MenuSeparator />
            {media.audio_enabled ? (
              <MenuItem icon="mic-off" onSelect={() => session.send('mute-request', { user_id, kind: 'audio' })}>
                {t('people.mute')}
              </MenuItem>
            ) : (
              <MenuItem
                icon="mic"
                onSelect={() =>
                  say(
                    session.send('mute-request', { user_id, kind: 'audio', action: 'ask' }),
                    t('people.asked', { name: person.name }),
                  )
                }
              >
                {t('people.askUnmute')}
              </MenuItem>
            )}
            {media.video_enabled && (
              <MenuItem icon="video-off" onSelect={() => session.send('mute-request', { user_id, kind: 'video' })}>
                {t('people.stopCamera')}
              </MenuItem>
            )}
            {media.screen_sharing && (
              <MenuItem icon="monitor-off" onSelect={() => session.send('mute-request', { user_id, kind: 'screen' })}>
                {t('people.stopScreen')}
              </MenuItem>
            )}
            {person.handAt !== null && (
              <MenuItem icon="hand" onSelect={() => session.send('hand', { user_id, raised: false })}>
                {t('people.lowerHand')}
              </MenuItem>
            )}
            {role === 'host' && (
              <>
                <MenuSeparator />
                {person.role === 'moderator' ? (
                  <MenuItem icon="user" onSelect={() => session.send('role', { user_id, role: 'participant' })}>
                    {t('people.makeParticipant')}
                  </MenuItem>
                ) : (
                  <MenuItem icon="shield" onSelect={() => session.send('role', { user_id, role: 'moderator' })}>
                    {t('people.makeModerator')}
                  </MenuItem>
                )}
                <MenuItem icon="crown" onSelect={() => session.send('role', { user_id, role: 'host' })}>
                  {t('people.makeHost')}
                </MenuItem>
              </>
            )}
            <MenuSeparator />
            <MenuItem icon="user-x" danger onSelect={() => setRemoving(true)}>
              {t('people.remove')}
            </MenuItem>
          </>
        )}
      </Menu>
      <Confirm
        open={removing}
        onOpenChange={setRemoving}
        title={t('people.removeTitle', { name: person.name })}
        description={t('people.removeHint')}
        action={t('people.remove')}
        onConfirm={() => {
          say(session.send('kick', { user_id }), t('people.removed', { name: person.name }))
        }}
      />
    </>
  )
}
