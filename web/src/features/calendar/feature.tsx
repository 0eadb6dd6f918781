import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'calendar',
  nav: { to: '/calendar', icon: 'calendar', order: 20, key: 'c' },
  routes: [{ path: '/calendar', page: () => import('./routes/calendar.tsx') }],
  palette: () => import('./palette.ts'),
  shortcuts: [{ keys: 'n e', label: 'calendar:shortcuts.create', to: '/calendar?new=1' }],
})
