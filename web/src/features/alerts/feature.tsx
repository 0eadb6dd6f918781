import { defineFeature } from '@/app/feature.ts'
import { useUnread } from './api/unread.ts'

export const feature = defineFeature({
  id: 'alerts',
  nav: { to: '/alerts', icon: 'bell', order: 50, key: 'a', useCount: useUnread },
  routes: [
    { path: '/alerts', page: () => import('./routes/history.tsx') },
    { path: '/alerts/subscriptions', page: () => import('./routes/subscriptions.tsx') },
    { path: '/alerts/bindings', page: () => import('./routes/bindings.tsx') },
    { path: '/alerts/boards', page: () => import('./routes/boards.tsx') },
    { path: '/alerts/notifications', page: () => import('./routes/notifications.tsx') },
    { path: '/alerts/deliveries', page: () => import('./routes/deliveries.tsx') },
    { path: '/bind/telegram', page: () => import('./routes/bind-telegram.tsx'), frame: 'full' },
    { path: '/admin/alerts', page: () => import('./routes/admin-broadcasts.tsx'), admin: true },
    { path: '/admin/alerts/deliveries', page: () => import('./routes/admin-deliveries.tsx'), admin: true },
    { path: '/admin/alerts/crawler', page: () => import('./routes/admin-crawler.tsx'), admin: true },
  ],
  adminPlaces: [{ to: '/admin/alerts', order: 40, label: 'alerts:admin.title', icon: 'bell' }],
  palette: () => import('./palette.ts'),
  home: [{ id: 'alerts', order: 40, place: 'side', load: () => import('./components/home-alerts.tsx') }],
})
