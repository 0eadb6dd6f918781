import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'auth',
  routes: [
    { path: '/sign-in', page: () => import('./routes/sign-in.tsx'), frame: 'open' },
    { path: '/sign-up', page: () => import('./routes/sign-up.tsx'), frame: 'open' },
    { path: '/forgot-password', page: () => import('./routes/forgot-password.tsx'), frame: 'open' },
    { path: '/reset-password', page: () => import('./routes/reset-password.tsx'), frame: 'open' },
  ],
})
