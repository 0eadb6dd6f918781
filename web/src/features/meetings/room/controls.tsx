import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from '../use-store.ts'
import { ControlButton } from './control-button.tsx'
import { DeviceMenu } from './device-menu.tsx'
import { LeaveMenu } from './leave-menu.tsx'
import { MoreMenu } from './more-menu.tsx'
import { ReactionMenu } from './reaction-menu.tsx'
import { RecordDialog } from './record-dialog.tsx'
import { useModerates, useRoom, useRoomState, useRoomUi } from './room-context.ts'
import { StreamDialog } from './stream-dialog.tsx'
import type { RoomActs } from './use-room-acts.ts'
import { useMayRecord, useMayShare, useUnread } from './use-room-facts.ts'

/** The bar at the foot: what one does with oneself in the middle, the room's panels at the right. */
export function Controls({ acts, onShortcuts }: { acts: RoomActs; onShortcuts: () => void }) {
  const { t } = useTranslation('meetings')
  const { local, session } = useRoom()
  const microphone = useStore(local.microphone.state)
  const camera = useStore(local.camera.state)
  const sharing = useStore(local.screen, (state) => state.video !== null)
  const health = useStore(session.media.watch.health, (state) => state.microphone)
  const picture = useStore(session.media.watch.health, (state) => state.camera)
  const people = useRoomState((state) => state.people.length)
  const waiting = useRoomState((state) => state.waiting.length)
  const hand =
    useRoomState((state) => state.people.find((person) => person.userId === state.selfId)?.handAt ?? null) !== null
  const panel = useRoomUi((ui) => ui.panel)
  const unread = useUnread()
  const mayRecord = useMayRecord()
  const moderates = useModerates()
  const recording = useRoomState((state) => state.recording)
  const [asking, setAsking] = useState<'record' | 'stream' | null>(null)
  const mayShare = useMayShare()
  const audioOnly = useRoomState((state) => state.meetingType === 'audio')
  return (
    <div
      role="toolbar"
      aria-label={t('controls.bar')}
      className="grid shrink-0 grid-cols-[1fr_auto_1fr] items-center gap-3 px-4 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] max-md:flex max-md:justify-center max-md:px-2"
    >
      <RoomName />
      <div className="flex items-center gap-2 sm:gap-2.5">
        <span className="flex items-center rounded-full bg-white/6">
          <ControlButton
            icon={microphone.on ? 'mic' : 'mic-off'}
            look={microphone.on ? 'plain' : 'off'}
            label={t(microphone.on ? 'controls.mute' : 'controls.unmute')}
            keys="m"
            trouble={microphone.problem !== null || health !== 'fine'}
            aria-pressed={microphone.on}
            onClick={acts.toggleMicrophone}
          />
          <DeviceMenu kind="audio" />
        </span>
        {!audioOnly && (
          <span className="flex items-center rounded-full bg-white/6">
            <ControlButton
              icon={camera.on ? 'video' : 'video-off'}
              look={camera.on ? 'plain' : 'off'}
              label={t(camera.on ? 'controls.stopCamera' : 'controls.startCamera')}
              keys="v"
              trouble={camera.problem !== null || picture === 'stopped'}
              aria-pressed={camera.on}
              aria-busy={camera.busy}
              onClick={acts.toggleCamera}
            />
            <DeviceMenu kind="video" />
          </span>
        )}
        {!audioOnly && (
          <ControlButton
            className="max-md:hidden"
            icon={sharing ? 'monitor-off' : 'monitor-up'}
            look={sharing ? 'on' : 'plain'}
            label={t(sharing ? 'controls.stopShare' : 'controls.share')}
            keys="s"
            aria-pressed={sharing}
            disabled={!mayShare && !sharing}
            onClick={acts.toggleScreen}
          />
        )}
        <ReactionMenu className="max-md:hidden" />
        <ControlButton
          icon="hand"
          look={hand ? 'on' : 'plain'}
          label={t(hand ? 'controls.lowerHand' : 'controls.raiseHand')}
          keys="h"
          aria-pressed={hand}
          onClick={acts.toggleHand}
        />
        {(mayRecord || (moderates && recording)) && (
          <ControlButton
            className="max-lg:hidden"
            icon={recording ? 'circle-stop' : 'record'}
            look={recording ? 'off' : 'plain'}
            label={t(recording ? 'record.stop' : 'record.open')}
            aria-pressed={recording}
            onClick={() => setAsking('record')}
          />
        )}
        <MoreMenu
          acts={acts}
          onRecord={() => setAsking('record')}
          onStream={() => setAsking('stream')}
          onShortcuts={onShortcuts}
          unread={unread > 0 || waiting > 0}
        />
        <LeaveMenu />
      </div>
      {asking === 'record' && <RecordDialog open onOpenChange={(open) => !open && setAsking(null)} />}
      {asking === 'stream' && <StreamDialog open onOpenChange={(open) => !open && setAsking(null)} />}
      <div className="flex items-center justify-end gap-2 max-md:hidden">
        <ControlButton
          icon="users"
          look={panel === 'people' ? 'on' : 'plain'}
          label={t('controls.people', { count: people })}
          keys="p"
          count={people}
          dot={waiting > 0}
          aria-pressed={panel === 'people'}
          onClick={() => acts.togglePanel('people')}
        />
        <ControlButton
          icon="message-square"
          look={panel === 'chat' ? 'on' : 'plain'}
          label={unread > 0 ? t('controls.chatUnread', { count: unread }) : t('controls.chat')}
          keys="c"
          dot={unread > 0}
          aria-pressed={panel === 'chat'}
          onClick={() => acts.togglePanel('chat')}
        />
      </div>
    </div>
  )
}

function RoomName() {
  const title = useRoomState((state) => state.title)
  return <p className="min-w-0 truncate text-14 font-medium text-white max-md:hidden">{title}</p>
}
