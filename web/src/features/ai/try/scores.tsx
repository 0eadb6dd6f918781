import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResultOf } from '#contracts/route.ts'
import { detectEmotion, detectSynthesis } from '#contracts/speech.ts'
import { Card } from '@/ui/page.tsx'
import { Bar } from '../components/bar.tsx'
import { FactsLine } from './facts-line.tsx'
import { ModelChoice } from './model-choice.tsx'
import { Run } from './running.tsx'
import { useNumbers } from './use-numbers.ts'
import { usePlayback } from './use-playback.ts'
import { useFileSource } from './use-source.ts'
import { useTry } from './use-try.ts'
import { VersionsPlayer } from './versions-player.tsx'

/** The feelings a voice has, each with its score. */
export function Emotion({ file }: { file: File }) {
  const [model, setModel] = useState('')
  const state = useTry(detectEmotion)
  return (
    <>
      <Sound file={file} />
      <Run
        use="emotion"
        state={state}
        onRun={() => state.run({ audio: file, model })}
        onCancel={state.cancel}
        options={<ModelChoice type="emotion" value={model} onValue={setModel} />}
      />
      {state.result !== undefined && <Feelings result={state.result} />}
    </>
  )
}

/** How likely it is that a machine made the voice. */
export function Synthetic({ file }: { file: File }) {
  const [model, setModel] = useState('')
  const state = useTry(detectSynthesis)
  return (
    <>
      <Sound file={file} />
      <Run
        use="synthetic"
        state={state}
        onRun={() => state.run({ audio: file, model })}
        onCancel={state.cancel}
        options={<ModelChoice type="synthesis-detection" value={model} onValue={setModel} />}
      />
      {state.result !== undefined && <Likelihood result={state.result} />}
    </>
  )
}

function Sound({ file }: { file: File }) {
  const heard = useFileSource(file)
  const playback = usePlayback(1)
  return (
    <VersionsPlayer
      kind="audio"
      title={file.name}
      playback={playback}
      versions={[{ id: 'before', label: file.name, ...heard }]}
    />
  )
}

function Feelings({ result }: { result: ResultOf<typeof detectEmotion> }) {
  const { t } = useTranslation('ai')
  const { percent, seconds } = useNumbers()
  const scores = Object.entries(result.details).toSorted(([, a], [, b]) => b - a)
  // Models speak English, and each its own: what is not known is shown as it says it.
  const named = (label: string) => t(`emotion.${label.toLowerCase()}`, { defaultValue: label })
  return (
    <Card className="p-4 md:p-5">
      <div role="status">
        <h3 className="text-16 font-semibold">
          {t('emotion.most', { emotion: named(result.emotion), share: percent(result.confidence) })}
        </h3>
        <div className="mt-4 grid gap-3 sm:grid-cols-2 sm:gap-x-8">
          {scores.map(([label, score]) => (
            <Bar
              key={label}
              label={named(label)}
              value={percent(score, 1)}
              share={score}
              strong={label === result.emotion}
            />
          ))}
        </div>
        <div className="mt-4">
          <FactsLine
            facts={[
              [t('try.took'), seconds(result.processing_time)],
              [t('try.model'), result.model],
            ]}
          />
        </div>
        <p className="mt-4 text-12 text-ink-3">{t('emotion.caution')}</p>
      </div>
    </Card>
  )
}

function Likelihood({ result }: { result: ResultOf<typeof detectSynthesis> }) {
  const { t } = useTranslation('ai')
  const { number, percent } = useNumbers()
  return (
    <Card className="p-4 md:p-5">
      <div role="status">
        <h3 className="text-16 font-semibold">{t(result.is_synthetic ? 'synthetic.yes' : 'synthetic.no')}</h3>
        <div className="mt-4">
          <Bar
            label={t('synthetic.score')}
            value={number(result.score, 3)}
            share={result.score}
            mark={result.threshold}
            tone={result.is_synthetic ? 'danger' : 'accent'}
            strong
          />
        </div>
        <div className="mt-4">
          <FactsLine
            facts={[
              [t('synthetic.threshold'), number(result.threshold, 3)],
              [t('try.confidence'), percent(result.confidence, 1)],
              [t('try.model'), result.model],
            ]}
          />
        </div>
        <p className="mt-4 text-12 text-ink-3">{t('synthetic.caution')}</p>
      </div>
    </Card>
  )
}
