import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '@/lib/time.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { Confirm, Dialog } from '@/ui/dialog.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Menu, MenuItem } from '@/ui/menu.tsx'
import { Progress } from '@/ui/progress.tsx'
import type { Model } from '../api/queries.ts'
import { sayReason } from '../api/say-reason.ts'
import { factsOf, isBroken, isBuiltIn, isHere, percentOf, pullWords } from './facts.ts'
import { StateBadge } from './state-badge.tsx'
import { useModelActs } from './use-model-acts.ts'

interface RowProps {
  model: Model
  admin: boolean
  /** Somebody came here for this one. */
  sought?: boolean
}

/** One model: what it is, where it stands, and, for an admin, what can be done with it. */
export function ModelRow({ model, admin, sought = false }: RowProps) {
  const { t, i18n } = useTranslation('ai')
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (sought) row.current?.scrollIntoView({ block: 'center' })
  }, [sought])
  const about = t(`models.about.${model.model_id}`, { defaultValue: '' })
  const facts = factsOf(model, t, i18n.language)
  return (
    <li
      ref={row}
      aria-label={model.name}
      className={cx(
        'flex flex-wrap items-start gap-x-4 gap-y-2 border-line px-3 py-3 not-last:border-b first:rounded-t-10 last:rounded-b-10 md:px-4',
        sought && 'bg-accent-soft',
      )}
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium">{model.name}</span>
          <StateBadge model={model} />
        </p>
        {about !== '' && <p className="text-ink-2">{about}</p>}
        <p className={cx('text-12', sought ? 'text-ink-2' : 'text-ink-3')}>
          {facts.join(' · ')}
          {model.source !== null && /^https?:/.test(model.source) && (
            <>
              {facts.length > 0 && ' · '}
              <a
                href={model.source}
                target="_blank"
                rel="noreferrer"
                className="inline-flex items-center gap-1 whitespace-nowrap underline hover:text-ink"
              >
                {t('models.source')}
                <Icon name="external-link" size={12} />
              </a>
            </>
          )}
        </p>
        {model.memory_usage > 0 && (
          <p className="text-12 text-ink-2">
            {t('models.memory', { memory: formatBytes(model.memory_usage, i18n.language) })}
          </p>
        )}
        {model.verified_against === 'recorded' && <p className="text-12 text-ink-3">{t('models.recorded')}</p>}
        {/* One that was stopped says so by its state. */}
        {model.reason !== null && model.reason !== '' && !(model.state === 'available' && isBroken(model)) && (
          <p className={cx('break-words text-12', model.state === 'error' ? 'text-danger-ink' : 'text-warn-ink')}>
            {t('models.because', { reason: sayReason(model.reason, t) })}
          </p>
        )}
        {model.obstacle !== null && <p className="text-12 text-warn-ink">{t(`fault.${model.obstacle}`)}</p>}
        {model.progress !== null && (
          <div className="mt-2 max-w-112">
            <Progress label={t('models.progress', { name: model.name })} value={percentOf(model.progress)} />
            <p className="mt-1 text-12 tabular-nums text-ink-2">{pullWords(model.progress, t, i18n.language)}</p>
          </div>
        )}
        {!admin && !isHere(model) && model.state !== 'downloading' && (
          <p className="text-12 text-ink-3">{t('models.askAdmin')}</p>
        )}
      </div>
      {admin && <Acts model={model} />}
    </li>
  )
}

function Acts({ model }: { model: Model }) {
  const { t, i18n } = useTranslation('ai')
  const [asks, setAsks] = useState(false)
  const { doing, run, remove, verify, problems, forgetProblems } = useModelActs(model)
  const act = (what: 'pull' | 'cancel' | 'load' | 'unload', label: string) => (
    <Button
      size="sm"
      busy={doing === what}
      aria-label={`${label}: ${model.name}`}
      className="touch:h-11"
      onClick={() => run(what)}
    >
      {label}
    </Button>
  )
  const isLoadable = model.engine !== 'openai' && model.obstacle === null
  const main: Readonly<Record<Model['state'], ReactNode>> = {
    available: model.pullable ? (
      act('pull', t(isBroken(model) ? 'models.resume' : 'models.pull'))
    ) : (
      <span className="max-w-40 py-1 text-12 text-ink-3">{t('models.importOnly')}</span>
    ),
    downloading: act('cancel', t('models.stop')),
    installed: isLoadable ? act('load', t('models.load')) : null,
    loading: act('unload', t('models.unload')),
    loaded: model.engine === 'openai' ? null : act('unload', t('models.unload')),
    unloading: null,
    error: model.pullable
      ? act('pull', t(isBroken(model) ? 'models.resume' : 'models.again'))
      : isBuiltIn(model)
        ? act('load', t('models.load'))
        : null,
  }
  const hasFiles = !isBuiltIn(model) && (isHere(model) || model.state === 'error' || isBroken(model))
  return (
    <div className="flex shrink-0 items-center gap-1">
      {main[model.state]}
      {hasFiles && (
        <Menu
          trigger={
            <IconButton
              icon="ellipsis"
              size="sm"
              busy={doing === 'verify'}
              label={t('models.more', { name: model.name })}
            />
          }
        >
          {(isHere(model) || model.state === 'error') && (
            <MenuItem icon="circle-check" onSelect={verify}>
              {t('models.verify')}
            </MenuItem>
          )}
          <MenuItem icon="trash-2" danger onSelect={() => setAsks(true)}>
            {t(isHere(model) ? 'models.remove' : 'models.discard')}
          </MenuItem>
        </Menu>
      )}
      <Confirm
        open={asks}
        onOpenChange={setAsks}
        title={t('models.removeTitle', { name: model.name })}
        description={
          isHere(model) && model.bytes !== null
            ? t('models.removeText', { size: formatBytes(model.bytes, i18n.language) })
            : t('models.discardText')
        }
        action={t(isHere(model) ? 'models.remove' : 'models.discard')}
        onConfirm={remove}
      />
      <Dialog
        open={problems !== null}
        onOpenChange={(open) => !open && forgetProblems()}
        title={t('models.unverified', { name: model.name })}
        description={t('models.unverifiedText')}
      >
        <ul className="space-y-2">
          {problems?.map((one) => (
            <li key={one.path}>
              <p className="break-all font-mono text-12">{one.path}</p>
              <p className="text-danger-ink">{t(`models.problem.${one.problem}`, { defaultValue: one.problem })}</p>
            </li>
          ))}
        </ul>
      </Dialog>
    </div>
  )
}
