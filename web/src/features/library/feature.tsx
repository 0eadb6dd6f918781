import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'library',
  nav: { to: '/library', icon: 'film', order: 70, key: 'l' },
  routes: [
    { path: '/library', page: () => import('./routes/library.tsx') },
    { path: '/library/files/$id', page: () => import('./routes/file.tsx') },
    { path: '/library/jobs', page: () => import('./routes/jobs.tsx') },
    { path: '/library/recordings', page: () => import('./routes/recordings.tsx') },
    { path: '/library/recordings/$id', page: () => import('./routes/recording.tsx') },
    { path: '/watch/$id/$proof', page: () => import('./routes/watch.tsx'), frame: 'open' },
  ],
  palette: () => import('./palette.ts'),
  home: [{ id: 'library', order: 60, place: 'side', load: () => import('./components/home-jobs.tsx') }],
})
