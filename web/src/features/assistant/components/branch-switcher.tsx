import { useTranslation } from 'react-i18next'
import { IconButton } from '@/ui/button.tsx'

interface Props {
  id: number
  branches: readonly number[]
  disabled: boolean
  onShow: (id: number) => void
}

/** ‹ 1/2 ›: which of several wordings or answers is shown. */
export function BranchSwitcher({ id, branches, disabled, onShow }: Props) {
  const { t } = useTranslation('assistant')
  const at = branches.indexOf(id)
  if (branches.length < 2 || at < 0) return null
  const go = (index: number) => {
    const other = branches[index]
    if (other !== undefined) onShow(other)
  }
  return (
    <span className="flex items-center text-12 text-ink-2" role="group" aria-label={t('branches.label')}>
      <IconButton
        icon="chevron-left"
        size="sm"
        iconSize={16}
        label={t('branches.previous')}
        disabled={disabled || at === 0}
        onClick={() => go(at - 1)}
      />
      <span className="whitespace-nowrap tabular-nums">
        {at + 1}/{branches.length}
      </span>
      <IconButton
        icon="chevron-right"
        size="sm"
        iconSize={16}
        label={t('branches.next')}
        disabled={disabled || at === branches.length - 1}
        onClick={() => go(at + 1)}
      />
    </span>
  )
}
