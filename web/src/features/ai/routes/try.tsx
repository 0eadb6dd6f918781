import { useState } from 'react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Field, Select } from '@/ui/field.tsx'
import { Icon } from '@/ui/icons.tsx'
import { cx } from '@/ui/cx.ts'
import { useLiveModels } from '../api/live.ts'
import { useModels } from '../api/queries.ts'
import { AiPage } from '../components/ai-page.tsx'
import { Denoise } from '../try/denoise.tsx'
import { NeedsModel } from '../try/failure.tsx'
import { Film, FilmJob } from '../try/film.tsx'
import { Recognise } from '../try/recognise.tsx'
import { Emotion, Synthetic } from '../try/scores.tsx'
import { Source } from '../try/source.tsx'
import { ICONS, NEEDS, USES, type Use, namedUse, readyOf } from '../try/uses.ts'

const SOUNDS = { denoise: Denoise, recognise: Recognise, emotion: Emotion, synthetic: Synthetic } as const

interface Given {
  readonly file: File
  /** A new one for each file, so that what became of the last one is gone. */
  readonly id: number
}

/** Every function, tried with a file or the microphone. */
export function Page() {
  const { t } = useTranslation('ai')
  const asked: { use?: unknown; job?: unknown } = useSearch({ strict: false })
  const use = namedUse(asked.use)
  const jobId = typeof asked.job === 'number' ? asked.job : null
  const navigate = useNavigate()
  const { data } = useModels()
  useLiveModels()
  const [sound, setSound] = useState<Given | null>(null)
  const [film, setFilm] = useState<Given | null>(null)
  const missing = (one: Use) => {
    const type = NEEDS[one]
    return type !== undefined && data !== undefined && readyOf(data.models, type).length === 0
  }
  const given = use === 'film' ? film : sound
  const take = (file: File | null) => {
    const set = use === 'film' ? setFilm : setSound
    set((before) => (file === null ? null : { file, id: (before?.id ?? 0) + 1 }))
  }
  return (
    <AiPage title={t('try.title')}>
      <div className="grid gap-x-8 gap-y-5 lg:grid-cols-[15rem_minmax(0,1fr)]">
        <nav aria-label={t('try.uses')} className="max-lg:hidden">
          <ul className="space-y-1">
            {USES.map((one) => (
              <li key={one}>
                <Link
                  to="/ai"
                  search={{ use: one }}
                  aria-current={one === use ? 'page' : undefined}
                  className={cx(
                    'flex items-center gap-3 rounded-6 px-3 py-2 transition-colors',
                    one === use ? 'bg-pressed font-medium text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
                  )}
                >
                  <Icon name={ICONS[one]} size={18} />
                  <span className="min-w-0 flex-1">{t(`use.${one}.name`)}</span>
                  {missing(one) && <Badge>{t('try.needsModel')}</Badge>}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Field label={t('try.uses')} className="lg:hidden">
          <Select
            value={use}
            onValue={(value) => void navigate({ to: '/ai', search: { use: value } })}
            options={USES.map((value) => ({ value, label: t(`use.${value}.name`) }))}
          />
        </Field>
        <section aria-labelledby="ai-use" className="min-w-0 space-y-5">
          <div>
            <h2 id="ai-use" className="text-16 font-semibold">
              {t(`use.${use}.name`)}
            </h2>
            <p className="max-w-160 text-ink-2">{t(`use.${use}.what`)}</p>
          </div>
          {missing(use) && given === null && <NeedsModel use={use} />}
          {use === 'film' && jobId !== null && film === null ? (
            <>
              <FilmJob jobId={jobId} />
              <Button icon="upload" onClick={() => void navigate({ to: '/ai', search: { use } })}>
                {t('film.another')}
              </Button>
            </>
          ) : (
            <Source
              kind={use === 'film' ? 'film' : 'sound'}
              file={given?.file ?? null}
              quiet={missing(use)}
              onFile={take}
            />
          )}
          {given !== null && (
            <Tried
              key={`${use}-${given.id}`}
              use={use}
              file={given.file}
              onJob={(job) => void navigate({ to: '/ai', search: { use, job }, replace: true })}
            />
          )}
        </section>
      </div>
    </AiPage>
  )
}

function Tried({ use, file, onJob }: { use: Use; file: File; onJob: (job: number) => void }) {
  if (use === 'film') return <Film file={file} onJob={onJob} />
  const Sound = SOUNDS[use]
  return <Sound file={file} />
}
