import { useTranslation } from 'react-i18next'
import { cx } from '@/ui/cx.ts'
import { Segmented } from '@/ui/toggle.tsx'
import { Transport } from '@/ui/transport.tsx'
import type { Playback } from './use-playback.ts'
import type { Heard } from './use-source.ts'
import { Waveform } from './waveform.tsx'

interface Version extends Heard {
  readonly id: string
  readonly label: string
}

interface PlayerProps {
  kind: 'audio' | 'video'
  title: string
  /** As many as the playback was made for. */
  versions: readonly Version[]
  playback: Playback
}

/** One sound or film in its versions: the pictures of them one above the other, and one set of controls. */
export function VersionsPlayer({ kind, title, versions, playback }: PlayerProps) {
  const { t } = useTranslation('ai')
  const { playing, at, active, toggle, seek, choose, refs } = playback
  const known = versions.map(({ peaks }) => peaks?.duration ?? 0)
  const length = playback.length || Math.max(...known)
  const most = Math.max(...versions.flatMap(({ peaks }) => peaks?.values ?? [0]))
  const several = versions.length > 1
  return (
    <div
      role="group"
      aria-label={title}
      className="overflow-hidden rounded-10 border border-line bg-canvas dark:bg-raised"
    >
      <div className={cx(kind === 'video' && 'relative aspect-video bg-black')}>
        {versions.map((version, index) => (
          <video
            key={version.id}
            ref={refs[index]}
            data-version={version.id}
            src={version.src}
            playsInline
            preload="auto"
            onClick={toggle}
            className={
              kind === 'audio'
                ? 'hidden'
                : cx('absolute inset-0 size-full object-contain', index !== active && 'invisible')
            }
          />
        ))}
      </div>
      {kind === 'audio' && (
        <div className="space-y-1 px-3 pt-3">
          {versions.map((version, index) =>
            version.peaks === null && !several ? null : (
              <div
                key={version.id}
                className={cx(
                  'flex items-center gap-3 rounded-6 px-2 transition-colors',
                  several && index === active && 'bg-hover',
                )}
              >
                {several && (
                  <span
                    className={cx(
                      'w-14 shrink-0 text-12 transition-colors',
                      index === active ? 'font-medium text-ink' : 'text-ink-3',
                    )}
                  >
                    {version.label}
                  </span>
                )}
                <Waveform
                  values={version.peaks?.values}
                  most={most}
                  played={length > 0 ? Math.min(1, at / length) : 0}
                  active={index === active}
                  onSeek={(share) => {
                    choose(index)
                    seek(share * length)
                  }}
                />
              </div>
            ),
          )}
        </div>
      )}
      <Transport
        playing={playing}
        at={at}
        length={length}
        onToggle={toggle}
        onSeek={seek}
        className="flex-wrap gap-y-1"
      >
        {several && (
          <Segmented
            label={t('try.version')}
            value={versions[active]?.id ?? ''}
            onValue={(id) => choose(versions.findIndex((version) => version.id === id))}
            options={versions.map(({ id, label }) => ({ value: id, label }))}
            className="max-sm:w-full"
          />
        )}
      </Transport>
      {playback.broken && <p className="px-4 pb-3 text-12 text-ink-3">{t('try.unplayable')}</p>}
    </div>
  )
}
