import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'admin',
  nav: { to: '/admin', icon: 'shield', order: 90, key: 'd', admin: true },
  routes: [
    { path: '/admin', page: () => import('./routes/users.tsx'), admin: true },
    { path: '/admin/rooms', page: () => import('./routes/rooms.tsx'), admin: true },
    { path: '/admin/audit', page: () => import('./routes/audit.tsx'), admin: true },
  ],
  adminPlaces: [
    { to: '/admin', order: 0, label: 'admin:users.title', icon: 'users' },
    { to: '/admin/rooms', order: 10, label: 'admin:rooms.title', icon: 'video' },
    { to: '/admin/audit', order: 90, label: 'admin:audit.title', icon: 'scroll-text' },
  ],
})
