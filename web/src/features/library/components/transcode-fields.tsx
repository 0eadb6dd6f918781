import { useTranslation } from 'react-i18next'
import { CONTAINERS, PRESETS } from '#contracts/schemas/conversion.ts'
import type { AudioCodec, Preset, VideoCodec, VideoFormat } from '#contracts/schemas/conversion.ts'
import { Field, Input, Select } from '@/ui/field.tsx'
import { inFormat } from '../state/conversion.ts'
import type { DraftProps } from './convert-dialog.tsx'

const CODEC_NAMES: Record<VideoCodec | AudioCodec, string> = {
  h264: 'H.264',
  h265: 'H.265 (HEVC)',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  aac: 'AAC',
  mp3: 'MP3',
  opus: 'Opus',
  vorbis: 'Vorbis',
  flac: 'FLAC',
}
const SIZES = ['2160p', '1440p', '1080p', '720p', '480p', '360p']
const RATES = ['800k', '1500k', '2500k', '5M', '8M', '16M']
const FRAME_RATES = ['24', '25', '30', '50', '60']

/** Container, codecs, size, bit rate, frame rate and effort; only what goes together can be chosen. */
export function TranscodeFields({ draft, onDraft }: DraftProps) {
  const { t } = useTranslation('library')
  const able = CONTAINERS[draft.format]
  const choice = (value: string, label = value) => ({ value, label })
  const codec = (name: VideoCodec | AudioCodec) => choice(name, CODEC_NAMES[name])
  const usual = (name: VideoCodec | AudioCodec) => choice('', t('convert.usual', { name: CODEC_NAMES[name] }))
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label={t('convert.format')}>
          <Select
            value={draft.format}
            onValue={(value) => onDraft(inFormat(draft, value as VideoFormat))}
            options={Object.keys(CONTAINERS).map((value) => choice(value, value.toUpperCase()))}
          />
        </Field>
        <Field label={t('convert.video')}>
          <Select
            value={draft.video}
            onValue={(value) => onDraft({ ...draft, video: value as VideoCodec | '' })}
            options={[usual(able.video[0]), ...able.video.slice(1).map(codec)]}
          />
        </Field>
        <Field label={t('convert.audio')}>
          <Select
            value={draft.audio}
            onValue={(value) => onDraft({ ...draft, audio: value as AudioCodec | '' })}
            options={[usual(able.audio[0]), ...able.audio.slice(1).map(codec)]}
          />
        </Field>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('convert.size')}>
          <Select
            value={draft.size}
            onValue={(size) => onDraft({ ...draft, size })}
            options={[
              choice('', t('convert.asItIs')),
              ...SIZES.map((size) => choice(size)),
              choice('custom', t('convert.custom')),
            ]}
          />
        </Field>
        <Field label={t('convert.bitrate')}>
          <Select
            value={draft.bitrate}
            onValue={(bitrate) => onDraft({ ...draft, bitrate })}
            options={[
              choice('', t('convert.byQuality')),
              ...RATES.map((rate) => choice(rate, rate.replace(/k$/, ' kbit/s').replace(/M$/, ' Mbit/s'))),
            ]}
          />
        </Field>
        {draft.size === 'custom' && (
          <>
            <Pixels
              label={t('convert.width')}
              value={draft.width}
              onValue={(width) => onDraft({ ...draft, width })}
              hint={t('convert.fits')}
            />
            <Pixels
              label={t('convert.height')}
              value={draft.height}
              onValue={(height) => onDraft({ ...draft, height })}
            />
          </>
        )}
        <Field label={t('convert.frameRate')}>
          <Select
            value={draft.frameRate}
            onValue={(frameRate) => onDraft({ ...draft, frameRate })}
            options={[
              choice('', t('convert.asItIs')),
              ...FRAME_RATES.map((rate) => choice(rate, t('convert.perSecond', { rate }))),
            ]}
          />
        </Field>
        <Field label={t('convert.preset')} hint={t('convert.presetHint')}>
          <Select
            value={draft.preset}
            onValue={(preset) => onDraft({ ...draft, preset: preset as Preset | '' })}
            options={[
              choice('', t('convert.preset_veryfast')),
              ...PRESETS.filter((preset) => preset !== 'veryfast').map((preset) =>
                choice(preset, t(`convert.preset_${preset}`)),
              ),
            ]}
          />
        </Field>
      </div>
    </>
  )
}

interface PixelsProps {
  label: string
  value: string
  onValue: (value: string) => void
  hint?: string
}

function Pixels({ label, value, onValue, hint }: PixelsProps) {
  return (
    <Field label={label} hint={hint}>
      <Input
        type="number"
        required
        min={16}
        max={4096}
        step={2}
        value={value}
        onChange={(event) => onValue(event.target.value)}
      />
    </Field>
  )
}
