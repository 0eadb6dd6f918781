import i18next from 'i18next'
import type { PaletteSource } from '@/app/feature.ts'

/** What the palette offers of calls. */
export const palette: PaletteSource = {
  items: () => [
    { id: 'calls', label: i18next.t('calls:title'), icon: 'phone', to: '/calls' },
    { id: 'calls.new', label: i18next.t('calls:place.action'), icon: 'phone-call', to: '/calls?new=1' },
    { id: 'calls.connections', label: i18next.t('calls:connections.title'), icon: 'key', to: '/calls/connections' },
  ],
}
