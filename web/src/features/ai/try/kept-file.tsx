import { useTranslation } from 'react-i18next'
import { Button, LinkButton } from '@/ui/button.tsx'

/** Where the file that was made is to be found: in the library, and by its link once that is known. */
export function KeptFile({ url }: { url: string | undefined }) {
  const { t } = useTranslation('ai')
  return (
    <div className="flex flex-wrap gap-2">
      <LinkButton to="/library" icon="library">
        {t('try.library')}
      </LinkButton>
      {url !== undefined && (
        <Button icon="download" onClick={() => window.location.assign(`${url}&download=1`)}>
          {t('try.download')}
        </Button>
      )}
    </div>
  )
}
