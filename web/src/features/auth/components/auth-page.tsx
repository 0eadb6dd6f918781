import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { language, languages } from '@/app/i18n.ts'
import { Logo } from '@/app/logo.tsx'
import { useTitle } from '@/ui/page.tsx'

interface Props {
  title: string
  lead?: ReactNode
  /** Under the form: the way to the other pages. */
  foot?: ReactNode
  children: ReactNode
}

/** The frame of the pages before one is signed in. */
export function AuthPage({ title, lead, foot, children }: Props) {
  const { t } = useTranslation('auth')
  const chosen = language.use()
  useTitle(title)
  return (
    <div className="flex min-h-dvh flex-col bg-sunken">
      <main className="mx-auto flex w-full max-w-[25rem] flex-1 flex-col justify-center px-4 py-8">
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <Logo size={44} />
          <div>
            <h1 className="text-20 font-semibold">{title}</h1>
            {lead && <p className="text-balance text-ink-2">{lead}</p>}
          </div>
        </div>
        <div className="rounded-10 border border-line bg-raised p-5 shadow-1 sm:p-6">{children}</div>
        {foot && <p className="mt-5 text-center text-ink-2">{foot}</p>}
      </main>
      <footer className="px-4 pb-6">
        <div role="group" aria-label={t('language')} className="flex flex-wrap items-center justify-center gap-x-1">
          {languages.map((each) => (
            <button
              key={each.value}
              type="button"
              lang={each.value}
              aria-pressed={chosen === each.value}
              onClick={() => language.set(each.value)}
              className="rounded-6 px-2 py-1 text-12 text-ink-3 hover:text-ink aria-pressed:font-semibold aria-pressed:text-ink touch:min-h-11 touch:px-3"
            >
              {each.label}
            </button>
          ))}
        </div>
      </footer>
    </div>
  )
}

/** A link in the text of these pages. */
export const textLink = 'font-medium text-accent-ink hover:underline'
