import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'home',
  nav: { to: '/', icon: 'house', order: 0, key: 'h' },
  routes: [{ path: '/', page: () => import('./routes/home.tsx') }],
  home: [
    { id: 'next-meeting', order: 0, place: 'wide', load: () => import('./components/next-meeting.tsx') },
    { id: 'schedule', order: 10, place: 'wide', load: () => import('./components/schedule.tsx') },
  ],
})
