import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'calls',
  nav: { to: '/calls', icon: 'phone', order: 60, key: 'p' },
  routes: [
    { path: '/calls', page: () => import('./routes/history.tsx') },
    { path: '/calls/connections', page: () => import('./routes/connections.tsx') },
    { path: '/calls/limits', page: () => import('./routes/limits.tsx'), admin: true },
    { path: '/calls/$callId', page: () => import('./routes/call.tsx') },
  ],
  adminPlaces: [{ to: '/calls/limits', order: 50, label: 'calls:limits.adminTitle', icon: 'phone' }],
  palette: () => import('./palette.ts'),
})
