import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { DropdownMenu } from 'radix-ui'
import { Icon } from '@/ui/icons.tsx'
import { Menu, MenuHeading, MenuSeparator } from '@/ui/menu.tsx'
import { useStore } from '../use-store.ts'
import { useRoom } from './room-context.ts'

/** Which microphone, loudspeaker or camera; a change never drops the call. */
export function DeviceMenu({ kind }: { kind: 'audio' | 'video' }) {
  const { t } = useTranslation('meetings')
  const { local } = useRoom()
  const devices = useStore(local.devices)
  const microphone = useStore(local.microphone.state)
  const camera = useStore(local.camera.state)
  const speaker = useStore(local.speakerId)
  useEffect(() => void local.listDevices(), [local])
  const used = (slot: typeof microphone) => slot.deviceId || slot.track?.getSettings().deviceId || 'default'
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <button
          type="button"
          aria-label={t(kind === 'audio' ? 'controls.audioDevices' : 'controls.videoDevices')}
          className="grid h-12 w-7 place-items-center rounded-r-full pr-1 text-white/70 hover:text-white max-md:hidden"
        >
          <Icon name="chevron-up" size={14} />
        </button>
      }
    >
      {kind === 'audio' ? (
        <>
          <Devices
            title={t('device.microphone')}
            list={devices.microphones}
            value={used(microphone)}
            onValue={(id) => void local.chooseMicrophone(id)}
          />
          {devices.speakers.length > 0 && (
            <>
              <MenuSeparator />
              <Devices
                title={t('device.speaker')}
                list={devices.speakers}
                value={speaker || 'default'}
                onValue={(id) => local.chooseSpeaker(id)}
              />
            </>
          )}
        </>
      ) : (
        <Devices
          title={t('device.camera')}
          list={devices.cameras}
          value={used(camera)}
          onValue={(id) => void local.chooseCamera(id)}
        />
      )}
    </Menu>
  )
}

interface DevicesProps {
  title: string
  list: readonly MediaDeviceInfo[]
  value: string
  onValue: (deviceId: string) => void
}

function Devices({ title, list, value, onValue }: DevicesProps) {
  const { t } = useTranslation('meetings')
  return (
    <>
      <MenuHeading>{title}</MenuHeading>
      {list.length === 0 && <p className="px-2 py-1 text-ink-3">{t('device.none')}</p>}
      <DropdownMenu.RadioGroup value={value} onValueChange={onValue}>
        {list.map((device, index) => (
          <DropdownMenu.RadioItem
            key={device.deviceId}
            value={device.deviceId}
            className="relative flex min-h-8 cursor-default select-none items-center rounded-6 py-1 pl-2 pr-8 outline-none data-highlighted:bg-hover touch:min-h-11"
          >
            <span className="truncate">{device.label || t('device.unnamed', { number: index + 1 })}</span>
            <DropdownMenu.ItemIndicator className="absolute right-2">
              <Icon name="check" className="text-accent-ink" />
            </DropdownMenu.ItemIndicator>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  )
}
