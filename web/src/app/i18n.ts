import i18next, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { preference } from '@/lib/preferences.ts'

/** The languages, each in its own words. */
export const languages = [
  { value: 'zh-TW', label: '繁體中文' },
  { value: 'zh-CN', label: '简体中文' },
  { value: 'en', label: 'English' },
] as const

export type Language = (typeof languages)[number]['value']

/** The chosen language. `public/first-paint.js` decides the first one and reads the same key. */
export const language = preference<Language>(
  'confab.language',
  languages.map(({ value }) => value),
  () => (document.documentElement.lang as Language) || 'zh-TW',
)

const files = import.meta.glob<Record<string, unknown>>('../../../locales/*/*.json', { import: 'default' })

// Fetches one domain of one language when a view first asks for it.
const backend: BackendModule = {
  type: 'backend',
  init: () => {},
  // oxlint-disable-next-line typescript/no-misused-promises -- of two parameters, so that i18next takes the promise instead of handing in a callback.
  read: async (lang: string, domain: string) => {
    const load = files[`../../../locales/${lang}/${domain}.json`]
    if (!load) throw new Error(`no locales/${lang}/${domain}.json`)
    return load()
  },
}

/** Starts i18next in the chosen language with the two domains every view needs. */
export async function startI18n(): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language.get(),
      fallbackLng: false,
      supportedLngs: languages.map(({ value }) => value),
      load: 'currentOnly',
      ns: ['common', 'shell'],
      defaultNS: 'common',
      interpolation: { escapeValue: false },
      returnEmptyString: false,
    })
  const follow = () => {
    const chosen = language.get()
    document.documentElement.lang = chosen
    void i18next.changeLanguage(chosen)
  }
  language.subscribe(follow)
  document.documentElement.lang = language.get()
}
