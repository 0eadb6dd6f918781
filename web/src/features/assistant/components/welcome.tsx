import { useTranslation } from 'react-i18next'

/** A conversation that has not begun: what this is for, and four ways to begin. */
export function Welcome({ onPick }: { onPick: (text: string) => void }) {
  const { t } = useTranslation('assistant')
  const examples = (['summarise', 'write', 'explain', 'plan'] as const).map((name) => ({
    title: t(`welcome.${name}.title`),
    text: t(`welcome.${name}.text`),
  }))
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="mx-auto my-auto w-full max-w-[48rem] px-4 py-8 md:px-6">
        <h2 className="text-20 font-semibold md:text-28">{t('welcome.title')}</h2>
        <p className="mt-1 text-ink-2">{t('welcome.about')}</p>
        <ul className="mt-6 grid gap-2 sm:grid-cols-2">
          {examples.map(({ title, text }) => (
            <li key={title}>
              <button
                type="button"
                className="flex h-full w-full flex-col justify-start rounded-10 border border-line px-4 py-3 text-left transition-colors hover:bg-hover"
                onClick={() => onPick(text)}
              >
                <span className="block font-medium">{title}</span>
                <span className="line-clamp-2 text-12 text-ink-2">{text}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
