import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '@/ui/icons.tsx'
import { roomPath } from '../meeting-link.ts'
import { useStore } from '../use-store.ts'
import { CaptureDot } from './capture-marks.tsx'
import { ControlButton } from './control-button.tsx'
import { useRoom, useRoomState } from './room-context.ts'
import { Tile } from './tile.tsx'
import { tilesOf } from './tiles.ts'

/** The meeting in a corner: who speaks, the two switches, and the way back. */
export function MiniRoom() {
  const { t } = useTranslation('meetings')
  const { local, session, meetingId } = useRoom()
  const microphone = useStore(local.microphone.state, (state) => state.on)
  const camera = useStore(local.camera.state, (state) => state.on)
  const title = useRoomState((state) => state.title)
  const phase = useRoomState((state) => state.phase)
  const people = useRoomState((state) => state.people)
  const tracks = useRoomState((state) => state.tracks)
  const selfId = useRoomState((state) => state.selfId)
  const speakerId = useRoomState((state) => state.speakerId)
  const tile = useMemo(() => {
    const tiles = tilesOf({ people, tracks, selfId })
    return (
      tiles.find((each) => each.kind === 'screen' && !each.self) ??
      tiles.find((each) => each.person.userId === speakerId && !each.self) ??
      tiles.find((each) => !each.self) ??
      tiles[0]
    )
  }, [people, tracks, selfId, speakerId])
  return (
    <div data-theme="dark" className="bg-sunken text-ink">
      <div className="relative aspect-16/9">
        {tile && <Tile tile={tile} small />}
        <Link
          to={roomPath(meetingId)}
          aria-label={t('mini.return')}
          className="absolute inset-0 flex items-start justify-end p-2 text-white focus-visible:outline-offset-[-4px]"
        >
          <span className="grid size-8 place-items-center rounded-full bg-black/60">
            <Icon name="maximize" />
          </span>
        </Link>
      </div>
      <div className="flex items-center gap-2 px-3 py-2">
        <CaptureDot />
        <p className="min-w-0 flex-1 truncate font-medium">
          {phase === 'joined' ? title : t(`mini.${phase === 'waiting' ? 'waiting' : 'reconnecting'}`)}
        </p>
        <ControlButton
          className="size-9! touch:size-11!"
          icon={microphone ? 'mic' : 'mic-off'}
          look={microphone ? 'plain' : 'off'}
          label={t(microphone ? 'controls.mute' : 'controls.unmute')}
          onClick={() => void local.setMicrophone(!microphone)}
        />
        <ControlButton
          className="size-9! touch:size-11!"
          icon={camera ? 'video' : 'video-off'}
          look={camera ? 'plain' : 'off'}
          label={t(camera ? 'controls.stopCamera' : 'controls.startCamera')}
          onClick={() => void local.setCamera(!camera)}
        />
        <ControlButton
          className="size-9! touch:size-11!"
          icon="phone-off"
          look="leave"
          label={t('controls.leave')}
          onClick={() => session.leave()}
        />
      </div>
    </div>
  )
}
