import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from '@/ui/cx.ts'
import { Field, Select } from '@/ui/field.tsx'
import type { LocalMedia } from '../rtc/local-media.ts'
import { useStore } from '../use-store.ts'
import { OwnMeter } from './own-meter.tsx'

/** Microphone, loudspeaker and camera, each with what it is now; `abreast` where there is the width. */
export function DevicePickers({ local, abreast }: { local: LocalMedia; abreast?: boolean }) {
  const { t } = useTranslation('meetings')
  const devices = useStore(local.devices)
  const microphone = useStore(local.microphone.state)
  const camera = useStore(local.camera.state)
  const speaker = useStore(local.speakerId)
  useEffect(() => void local.listDevices(), [local])
  const options = (list: readonly MediaDeviceInfo[]) =>
    list.length === 0
      ? [{ value: '', label: t('device.none') }]
      : list.map((device, index) => ({
          value: device.deviceId,
          label: device.label || t('device.unnamed', { number: index + 1 }),
        }))
  const used = (slot: typeof microphone, list: readonly MediaDeviceInfo[]) =>
    slot.deviceId || slot.track?.getSettings().deviceId || list[0]?.deviceId || ''
  return (
    <div className={cx('grid gap-4', abreast && 'sm:auto-cols-fr sm:grid-flow-col')}>
      <Field label={t('device.microphone')} aside={<OwnMeter local={local} />}>
        <Select
          options={options(devices.microphones)}
          value={used(microphone, devices.microphones)}
          disabled={devices.microphones.length === 0}
          onValue={(id) => void local.chooseMicrophone(id)}
        />
      </Field>
      {devices.speakers.length > 0 && (
        <Field label={t('device.speaker')}>
          <Select
            options={options(devices.speakers)}
            value={speaker || (devices.speakers[0]?.deviceId ?? '')}
            onValue={(id) => local.chooseSpeaker(id)}
          />
        </Field>
      )}
      <Field label={t('device.camera')}>
        <Select
          options={options(devices.cameras)}
          value={used(camera, devices.cameras)}
          disabled={devices.cameras.length === 0}
          onValue={(id) => void local.chooseCamera(id)}
        />
      </Field>
    </div>
  )
}
