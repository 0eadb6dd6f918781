import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'library',
  nav: { to: '/library', icon: 'film', order: 70, key: 'l' },
  routes: [{ path: '/library', page: () => import('./routes/library.tsx') }],
})
