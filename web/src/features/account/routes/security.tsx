import { useTranslation } from 'react-i18next'
import { Section } from '@/ui/page.tsx'
import { PasswordForm } from '../components/password-form.tsx'
import { Sessions } from '../components/sessions.tsx'

/** The password, and where one is signed in. */
export function Page() {
  const { t } = useTranslation('account')
  return (
    <>
      <Section title={t('password.title')} description={t('password.description')}>
        <PasswordForm />
      </Section>
      <Sessions />
    </>
  )
}
