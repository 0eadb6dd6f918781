import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'ai',
  nav: { to: '/ai', icon: 'wand-sparkles', order: 80, key: 'i' },
  routes: [
    { path: '/ai', page: () => import('./routes/try.tsx') },
    { path: '/ai/models', page: () => import('./routes/models.tsx') },
    { path: '/ai/nodes', page: () => import('./routes/nodes.tsx'), admin: true },
  ],
  palette: () => import('./palette.ts'),
})
