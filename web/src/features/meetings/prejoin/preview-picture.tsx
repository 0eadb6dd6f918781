import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/ui/avatar.tsx'
import { Spinner } from '@/ui/button.tsx'
import type { LocalMedia } from '../rtc/local-media.ts'
import { ControlButton } from '../room/control-button.tsx'
import { useStore } from '../use-store.ts'

interface PreviewPictureProps {
  local: LocalMedia
  person: { id: number; name: string; avatarUrl: string | null }
  audioOnly: boolean
}

/** How the others will see one, with the two switches that matter. */
export function PreviewPicture({ local, person, audioOnly }: PreviewPictureProps) {
  const { t } = useTranslation('meetings')
  const microphone = useStore(local.microphone.state)
  const camera = useStore(local.camera.state)
  const video = useRef<HTMLVideoElement>(null)
  const track = camera.on && !audioOnly ? camera.track : null
  useEffect(() => {
    const element = video.current
    if (!element || !track) return
    element.srcObject = new MediaStream([track])
    void element.play().catch(() => undefined)
    return () => {
      element.srcObject = null
    }
  }, [track])
  return (
    <div
      data-theme="dark"
      className="relative aspect-16/9 w-full overflow-hidden rounded-10 bg-raised text-ink max-sm:aspect-4/3"
    >
      {track ? (
        <video
          ref={video}
          autoPlay
          playsInline
          muted
          aria-label={t('prejoin.preview')}
          className="absolute inset-0 size-full -scale-x-100 object-cover"
        />
      ) : (
        <div className="absolute inset-0 grid place-items-center">
          <div className="flex flex-col items-center gap-3 pb-10">
            <Avatar id={person.id} name={person.name} src={person.avatarUrl} size={96} />
            <p role="status" className="flex items-center gap-2 px-4 text-center text-ink-2">
              {camera.busy && <Spinner />}
              {camera.busy
                ? t('prejoin.starting')
                : camera.problem
                  ? t(`problem.camera.${camera.problem}`)
                  : t('prejoin.cameraOff')}
            </p>
          </div>
        </div>
      )}
      <div className="absolute inset-x-0 bottom-0 flex justify-center gap-4 bg-linear-to-t from-black/60 to-transparent p-4 pt-10">
        <ControlButton
          icon={microphone.on ? 'mic' : 'mic-off'}
          look={microphone.on ? 'plain' : 'off'}
          label={t(microphone.on ? 'controls.mute' : 'controls.unmute')}
          trouble={microphone.problem !== null}
          aria-pressed={microphone.on}
          className="border border-white/40 backdrop-blur-[4px]"
          onClick={() => void local.setMicrophone(!microphone.on)}
        />
        {!audioOnly && (
          <ControlButton
            icon={camera.on ? 'video' : 'video-off'}
            look={camera.on ? 'plain' : 'off'}
            label={t(camera.on ? 'controls.stopCamera' : 'controls.startCamera')}
            trouble={camera.problem !== null}
            aria-pressed={camera.on}
            className="border border-white/40 backdrop-blur-[4px]"
            onClick={() => void local.setCamera(!camera.on)}
          />
        )}
      </div>
    </div>
  )
}
