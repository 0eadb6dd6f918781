import i18next from 'i18next'
import type { PaletteSource } from '@/app/feature.ts'
import { USES, ICONS } from './try/uses.ts'

/** What the palette offers of the AI tools. */
export const palette: PaletteSource = {
  items: () => [
    ...USES.map((use) => ({
      id: `ai.${use}`,
      label: i18next.t(`ai:use.${use}.name`),
      hint: i18next.t('ai:title'),
      icon: ICONS[use],
      to: `/ai?use=${use}`,
    })),
    { id: 'ai.models', label: i18next.t('ai:models.title'), icon: 'wand-sparkles', to: '/ai/models' },
  ],
}
