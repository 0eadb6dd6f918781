import { defineFeature } from '@/app/feature.ts'
import { useUnread } from './state/rooms.ts'

export const feature = defineFeature({
  id: 'rooms',
  nav: { to: '/rooms', icon: 'messages-square', order: 30, key: 'r', useCount: useUnread },
  routes: [
    { path: '/rooms', page: () => import('./routes/rooms.tsx') },
    { path: '/rooms/join', page: () => import('./routes/join.tsx') },
    { path: '/rooms/$id', page: () => import('./routes/rooms.tsx') },
  ],
  palette: () => import('./palette.ts'),
  shortcuts: [{ keys: 'n r', label: 'rooms:shortcuts.create', to: '/rooms?new=1' }],
  home: [{ id: 'rooms', order: 30, place: 'side', load: () => import('./components/home-unread.tsx') }],
})
