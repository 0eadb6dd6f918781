import { defineFeature } from '@/app/feature.ts'

export const feature = defineFeature({
  id: 'assistant',
  nav: { to: '/assistant', icon: 'sparkles', order: 40, key: 'a' },
  routes: [
    { path: '/assistant', page: () => import('./routes/assistant.tsx') },
    { path: '/assistant/new', page: () => import('./routes/assistant.tsx') },
    { path: '/assistant/$id', page: () => import('./routes/assistant.tsx') },
  ],
  palette: () => import('./palette.ts'),
  shortcuts: [{ keys: 'n a', label: 'assistant:shortcuts.new', to: '/assistant/new' }],
})
