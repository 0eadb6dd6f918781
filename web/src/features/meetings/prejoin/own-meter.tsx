import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LevelMeter as Meter } from '@/ui/progress.tsx'
import { LevelMeter, loudness } from '../rtc/level-meter.ts'
import type { LocalMedia } from '../rtc/local-media.ts'
import { useStore } from '../use-store.ts'

const EVERY = 80

/** How loud the own microphone is, so that one sees that it hears. */
export function OwnMeter({ local }: { local: LocalMedia }) {
  const { t } = useTranslation('meetings')
  const track = useStore(local.microphone.state, (state) => (state.on ? state.track : null))
  const [level, setLevel] = useState(0)
  useEffect(() => {
    if (!track) return
    const meter = new LevelMeter(track)
    const timer = setInterval(() => {
      meter.resume()
      // Falls slower than it rises, as eyes like it.
      setLevel((before) => Math.max(loudness(meter.rms()), before * 0.8))
    }, EVERY)
    return () => {
      clearInterval(timer)
      meter.close()
      setLevel(0)
    }
  }, [track])
  return <Meter label={t('device.level')} level={level} />
}
