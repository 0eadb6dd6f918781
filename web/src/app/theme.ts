import { preference } from '@/lib/preferences.ts'

/** Light, dark, or as the system has it. */
export type Theme = 'system' | 'light' | 'dark'

/** The chosen theme. `public/first-paint.js` reads the same key before the first paint. */
export const theme = preference<Theme>('confab.theme', ['system', 'light', 'dark'], () => 'system')

/** Keeps <html data-theme> at what was chosen, or at what the system says. */
export function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const chosen = theme.get()
    const shown = chosen === 'system' ? (dark.matches ? 'dark' : 'light') : chosen
    document.documentElement.dataset['theme'] = shown
    document
      .querySelector('meta[name="theme-color"]')
      ?.setAttribute('content', shown === 'dark' ? '#0e0f12' : '#f6f6f8')
  }
  dark.addEventListener('change', apply)
  theme.subscribe(apply)
  apply()
}
