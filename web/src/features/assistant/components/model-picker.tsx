import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Menu, MenuHeading, MenuItem } from '@/ui/menu.tsx'

interface Props {
  models: readonly string[]
  value: string
  onPick: (model: string) => void
}

/** Which model answers here. */
export function ModelPicker({ models, value, onPick }: Props) {
  const { t } = useTranslation('assistant')
  if (models.length < 2 && models.includes(value)) {
    return <span className="truncate px-2 text-12 text-ink-3">{value}</span>
  }
  return (
    <Menu
      trigger={
        <Button kind="ghost" className="min-w-0 max-w-48 shrink!" aria-label={t('model.pick', { model: value })}>
          <span className="truncate">{value}</span>
          <Icon name="chevron-down" size={14} />
        </Button>
      }
    >
      <MenuHeading>{t('model.heading')}</MenuHeading>
      {[...new Set([...models, value])].map((model) => (
        <MenuItem key={model} {...(model === value ? { icon: 'check' as const } : {})} onSelect={() => onPick(model)}>
          <span className={model === value ? '' : 'pl-6.5'}>{model}</span>
        </MenuItem>
      ))}
    </Menu>
  )
}
