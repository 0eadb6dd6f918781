import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNarrow } from '@/lib/use-narrow.ts'
import { Dialog } from '@/ui/dialog.tsx'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { DevicePickers } from '../prejoin/device-pickers.tsx'
import { copyMeetingLink } from '../meeting-link.ts'
import { useStore } from '../use-store.ts'
import { ControlButton } from './control-button.tsx'
import { ReactionRow } from './reaction-menu.tsx'
import { useModerates, useRoom, useRoomState, useRoomUi } from './room-context.ts'
import type { Layout } from './room-ui.ts'
import type { RoomActs } from './use-room-acts.ts'
import { useMayRecord, useMayShare } from './use-room-facts.ts'

interface MoreMenuProps {
  onRecord: () => void
  onStream: () => void
  acts: RoomActs
  onShortcuts: () => void
  unread: boolean
}

/** Everything else; on a phone also what a wide screen has in the bar. */
export function MoreMenu({ acts, onRecord, onStream, onShortcuts, unread }: MoreMenuProps) {
  const { t } = useTranslation('meetings')
  const { local, session, ui, meetingId } = useRoom()
  const layout = useRoomUi((each) => each.layout)
  const captions = useRoomUi((each) => each.captions)
  const locked = useRoomState((state) => state.locked)
  const people = useRoomState((state) => state.people.length)
  const moderates = useModerates()
  const mayRecord = useMayRecord()
  const recording = useRoomState((state) => state.recording)
  const mayShare = useMayShare()
  const sharing = useStore(local.screen, (state) => state.video !== null)
  const [settings, setSettings] = useState(false)
  const [reacting, setReacting] = useState(false)
  const narrow = useNarrow()
  return (
    <>
      <Menu
        side="top"
        align="end"
        trigger={<ControlButton icon="ellipsis-vertical" label={t('controls.more')} dot={narrow && unread} />}
      >
        {narrow && (
          <>
            <MenuItem icon="message-square" onSelect={() => acts.togglePanel('chat')}>
              {t('controls.chat')}
            </MenuItem>
            <MenuItem icon="users" onSelect={() => acts.togglePanel('people')}>
              {t('controls.people', { count: people })}
            </MenuItem>
            <MenuItem icon="smile" onSelect={() => setReacting(true)}>
              {t('controls.react')}
            </MenuItem>
            {mayShare && (
              <MenuItem icon={sharing ? 'monitor-off' : 'monitor-up'} onSelect={acts.toggleScreen}>
                {t(sharing ? 'controls.stopShare' : 'controls.share')}
              </MenuItem>
            )}
            <MenuSeparator />
          </>
        )}
        <MenuChoice
          label={t('layout.name')}
          icon="layout-grid"
          value={layout}
          onValue={(value) => ui.patch({ layout: value as Layout, pinned: null })}
          options={(['auto', 'grid', 'speaker'] as const).map((value) => ({ value, label: t(`layout.${value}`) }))}
        />
        <MenuItem icon={captions ? 'captions-off' : 'captions'} onSelect={() => ui.patch({ captions: !captions })}>
          {t(captions ? 'controls.hideCaptions' : 'controls.showCaptions')}
        </MenuItem>
        <MenuItem icon="maximize" onSelect={acts.toggleFullscreen}>
          {t('controls.fullscreen')}
        </MenuItem>
        <MenuItem icon="settings" onSelect={() => setSettings(true)}>
          {t('controls.devices')}
        </MenuItem>
        {moderates && (
          <>
            <MenuSeparator />
            {(mayRecord || recording) && (
              <MenuItem icon={recording ? 'circle-stop' : 'record'} onSelect={onRecord}>
                {t(recording ? 'record.stop' : 'record.open')}
              </MenuItem>
            )}
            <MenuItem icon="radio" onSelect={onStream}>
              {t('stream.open')}
            </MenuItem>
          </>
        )}
        <MenuSeparator />
        <MenuItem icon="link" onSelect={() => copyMeetingLink(meetingId, t)}>
          {t('copyLink')}
        </MenuItem>
        {moderates && (
          <MenuItem icon={locked ? 'lock-open' : 'lock'} onSelect={() => session.send('lock', { locked: !locked })}>
            {t(locked ? 'controls.unlock' : 'controls.lock')}
          </MenuItem>
        )}
        {!narrow && (
          <MenuItem icon="keyboard" keys="?" onSelect={onShortcuts}>
            {t('controls.shortcuts')}
          </MenuItem>
        )}
      </Menu>
      <Dialog open={settings} onOpenChange={setSettings} title={t('controls.devices')}>
        <DevicePickers local={local} />
      </Dialog>
      <Dialog open={reacting} onOpenChange={setReacting} title={t('controls.react')}>
        <div className="flex flex-wrap justify-center gap-1 pb-2">
          <ReactionRow
            onReact={(emoji) => {
              session.react(emoji)
              setReacting(false)
            }}
          />
        </div>
      </Dialog>
    </>
  )
}
