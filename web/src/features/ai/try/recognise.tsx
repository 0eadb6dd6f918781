import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResultOf } from '#contracts/route.ts'
import { recogniseSpeech } from '#contracts/speech.ts'
import { formatClock } from '@/lib/time.ts'
import { CopyButton } from '@/ui/code-block.tsx'
import { cx } from '@/ui/cx.ts'
import { Field, Select } from '@/ui/field.tsx'
import { Card } from '@/ui/page.tsx'
import { FactsLine } from './facts-line.tsx'
import { ModelChoice } from './model-choice.tsx'
import { Run } from './running.tsx'
import { useNumbers } from './use-numbers.ts'
import { type Playback, usePlayback } from './use-playback.ts'
import { useFileSource } from './use-source.ts'
import { useTry } from './use-try.ts'
import { VersionsPlayer } from './versions-player.tsx'

const LANGUAGES = ['auto', 'zh', 'yue', 'en', 'ja', 'ko'] as const
type Said = ResultOf<typeof recogniseSpeech>

/** Writes down what is said, with the time of each sentence. */
export function Recognise({ file }: { file: File }) {
  const { t, i18n } = useTranslation('ai')
  const [language, setLanguage] = useState('auto')
  const [model, setModel] = useState('')
  const state = useTry(recogniseSpeech)
  const heard = useFileSource(file)
  const playback = usePlayback(1)
  const names = new Intl.DisplayNames(i18n.language, { type: 'language' })
  return (
    <>
      <VersionsPlayer
        kind="audio"
        title={file.name}
        playback={playback}
        versions={[{ id: 'before', label: file.name, ...heard }]}
      />
      <Run
        use="recognise"
        state={state}
        onRun={() => state.run({ audio: file, language, model })}
        onCancel={state.cancel}
        options={
          <>
            <Field label={t('recognise.language')} className="w-44 max-sm:w-full">
              <Select
                value={language}
                onValue={setLanguage}
                options={LANGUAGES.map((value) => ({
                  value,
                  label: value === 'auto' ? t('recognise.auto') : (names.of(value) ?? value),
                }))}
              />
            </Field>
            <ModelChoice type="speech-recognition" value={model} onValue={setModel} />
          </>
        }
      />
      {state.result !== undefined && <Transcript said={state.result} playback={playback} />}
    </>
  )
}

function Transcript({ said, playback }: { said: Said; playback: Playback }) {
  const { t, i18n } = useTranslation('ai')
  const { percent, seconds } = useNumbers()
  const { at, seek } = playback
  const now = useMemo(() => said.segments.findIndex(({ start, end }) => at >= start && at < end), [said, at])
  if (said.text.trim() === '') return <Card padded>{t('recognise.nothing')}</Card>
  const language =
    said.language === null ? null : new Intl.DisplayNames(i18n.language, { type: 'language' }).of(said.language)
  return (
    <section aria-label={t('recognise.text')} className="space-y-4">
      <Card>
        <div className="flex items-center justify-between gap-3 border-b border-line py-1 pl-4 pr-2">
          <h3 className="font-medium">{t('recognise.text')}</h3>
          <CopyButton text={said.text} label={t('recognise.copy')} />
        </div>
        {said.segments.length === 0 ? (
          <p className="whitespace-pre-wrap p-4">{said.text}</p>
        ) : (
          <ol className="max-h-128 overflow-y-auto p-1.5">
            {said.segments.map((segment, index) => (
              <li key={`${segment.start}-${segment.end}`}>
                <button
                  type="button"
                  aria-current={index === now || undefined}
                  onClick={() => seek(segment.start)}
                  className={cx(
                    'flex w-full gap-3 rounded-6 px-2.5 py-1.5 text-left transition-colors hover:bg-hover touch:min-h-11',
                    index === now && 'bg-accent-soft',
                  )}
                >
                  <span className="w-12 shrink-0 pt-0.5 text-12 tabular-nums text-ink-2">
                    {formatClock(segment.start)}
                  </span>
                  <span className="min-w-0 flex-1">{segment.text}</span>
                </button>
              </li>
            ))}
          </ol>
        )}
      </Card>
      <FactsLine
        facts={[
          ...(language ? [[t('recognise.language'), language] as const] : []),
          ...(said.confidence === null ? [] : [[t('try.confidence'), percent(said.confidence)] as const]),
          [t('try.took'), seconds(said.processing_time)],
          [t('try.model'), said.model],
        ]}
      />
    </section>
  )
}
