import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'account',
  routes: [
    { path: '/account', page: () => import('./routes/settings.tsx') },
    { path: '/account/$page', page: () => import('./routes/settings.tsx') },
  ],
  settings: [
    {
      id: 'profile',
      order: 0,
      label: 'account:profile.title',
      icon: 'user',
      load: () => import('./routes/profile.tsx'),
    },
    {
      id: 'security',
      order: 10,
      label: 'account:security.title',
      icon: 'shield',
      load: () => import('./routes/security.tsx'),
    },
    {
      id: 'api-key',
      order: 80,
      label: 'account:apiKey.title',
      icon: 'key',
      load: () => import('./routes/api-key.tsx'),
    },
    {
      id: 'delete',
      order: 90,
      label: 'account:delete.title',
      icon: 'trash-2',
      load: () => import('./routes/delete-account.tsx'),
    },
  ],
})
