import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'meetings',
  nav: { to: '/meetings', icon: 'video', order: 10, key: 'm' },
  routes: [
    { path: '/meetings', page: () => import('./routes/list.tsx') },
    { path: '/meetings/$id', page: () => import('./routes/detail.tsx') },
    { path: '/meetings/$id/room', page: () => import('./routes/room.tsx'), frame: 'full' },
  ],
  palette: () => import('./palette.ts'),
})
