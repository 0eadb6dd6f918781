import { useTranslation } from 'react-i18next'
import { LinkButton } from '@/ui/button.tsx'
import { EmptyState } from '@/ui/states.tsx'
import { useTitle } from '@/ui/page.tsx'

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation('shell')
  useTitle(t('notFound.title'))
  return (
    <div className="grid h-full place-items-center">
      <EmptyState
        icon="search"
        heading
        title={t('notFound.title')}
        action={
          <LinkButton to="/" icon="house">
            {t('notFound.home')}
          </LinkButton>
        }
      >
        {t('notFound.hint')}
      </EmptyState>
    </div>
  )
}
