import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'home',
  nav: { to: '/', icon: 'house', order: 0, key: 'h' },
  routes: [{ path: '/', page: () => import('./routes/home.tsx') }],
})
