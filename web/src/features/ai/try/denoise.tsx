import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResultOf } from '#contracts/route.ts'
import { denoiseAudio } from '#contracts/speech.ts'
import { ErrorState } from '@/ui/states.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { useLink } from '../api/queries.ts'
import { FactsLine } from './facts-line.tsx'
import { KeptFile } from './kept-file.tsx'
import { ModelChoice } from './model-choice.tsx'
import { Run } from './running.tsx'
import { useNumbers } from './use-numbers.ts'
import { usePlayback } from './use-playback.ts'
import { useFileSource, useUrlSource } from './use-source.ts'
import { useTry } from './use-try.ts'
import { VersionsPlayer } from './versions-player.tsx'

const LEVELS = ['low', 'medium', 'high'] as const

/** Takes noise out of a sound, and lets one hear what it was and what became of it. */
export function Denoise({ file }: { file: File }) {
  const { t } = useTranslation('ai')
  const [level, setLevel] = useState<(typeof LEVELS)[number]>('medium')
  const [model, setModel] = useState('')
  const state = useTry(denoiseAudio)
  return (
    <>
      {state.result === undefined && <Before file={file} />}
      <Run
        use="denoise"
        state={state}
        onRun={() => state.run({ audio: file, level, model })}
        onCancel={state.cancel}
        options={
          <>
            {/* Only the built-in one knows strengths. */}
            {(model === '' || model === 'rnnoise') && (
              <div>
                <p className="mb-1 font-medium" aria-hidden="true">
                  {t('denoise.level')}
                </p>
                <Segmented
                  label={t('denoise.level')}
                  value={level}
                  onValue={setLevel}
                  options={LEVELS.map((value) => ({ value, label: t(`denoise.${value}`) }))}
                />
              </div>
            )}
            <ModelChoice type="denoising" value={model} onValue={setModel} />
          </>
        }
      />
      {state.result !== undefined && <Result key={state.result.file_id} file={file} result={state.result} />}
    </>
  )
}

/** The sound as it came. */
function Before({ file }: { file: File }) {
  const { t } = useTranslation('ai')
  const heard = useFileSource(file)
  const playback = usePlayback(1)
  return (
    <VersionsPlayer
      kind="audio"
      title={file.name}
      playback={playback}
      versions={[{ id: 'before', label: t('try.before'), ...heard }]}
    />
  )
}

function Result({ file, result }: { file: File; result: ResultOf<typeof denoiseAudio> }) {
  const { t } = useTranslation('ai')
  const { number, percent, seconds } = useNumbers()
  const link = useLink(result.file_id)
  const before = useFileSource(file)
  const after = useUrlSource(link.data?.url)
  const playback = usePlayback(2)
  if (link.error && !link.data) return <ErrorState compact error={link.error} onRetry={() => void link.refetch()} />
  return (
    <>
      <VersionsPlayer
        kind="audio"
        title={t('denoise.compare', { name: file.name })}
        playback={playback}
        versions={[
          { id: 'before', label: t('try.before'), ...before },
          { id: 'after', label: t('try.after'), ...after },
        ]}
      />
      <FactsLine
        facts={[
          [t('denoise.quieter'), t('denoise.db', { value: number(result.noise_reduction_db, 1) })],
          [t('denoise.share'), percent(result.wet_share)],
          [t('try.took'), seconds(result.processing_time)],
          [t('try.model'), result.model],
        ]}
      />
      <p className="text-12 text-ink-3">{t('denoise.shareText')}</p>
      <KeptFile url={link.data?.url} />
    </>
  )
}
