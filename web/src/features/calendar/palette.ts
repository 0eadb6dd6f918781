import i18next from 'i18next'
import type { PaletteSource } from '@/app/feature.ts'

/** A new schedule, from anywhere. */
export const palette: PaletteSource = {
  items: () => [
    {
      id: 'calendar.new',
      label: i18next.t('calendar:create'),
      icon: 'calendar-plus',
      keys: 'n e',
      to: '/calendar?new=1',
    },
  ],
}
