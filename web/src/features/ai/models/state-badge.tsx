import { useTranslation } from 'react-i18next'
import { Badge, type Tone } from '@/ui/badge.tsx'
import type { Model } from '../api/queries.ts'
import { isBroken } from './facts.ts'

const tones: Readonly<Record<Model['state'], Tone>> = {
  available: 'neutral',
  downloading: 'accent',
  installed: 'ok',
  loading: 'accent',
  loaded: 'ok',
  unloading: 'neutral',
  error: 'danger',
}

/** Where a model stands, in a word. */
export function StateBadge({ model }: { model: Model }) {
  const { t } = useTranslation('ai')
  if (isBroken(model)) {
    const failed = model.state === 'error'
    return <Badge tone={failed ? 'danger' : 'warn'}>{t(failed ? 'models.state.broken' : 'models.state.stopped')}</Badge>
  }
  return (
    <Badge tone={tones[model.state]} {...(model.state === 'loaded' && { icon: 'check' })}>
      {t(`models.state.${model.state}`)}
    </Badge>
  )
}
