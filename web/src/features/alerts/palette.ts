import i18next from 'i18next'
import { searchBoards } from '#contracts/board-alerts.ts'
import type { PaletteSource } from '@/app/feature.ts'
import { callApi } from '@/lib/api.ts'

/** The views of board alerts, and boards by name. */
export const palette: PaletteSource = {
  items: () => [
    {
      id: 'alerts.subscribe',
      label: i18next.t('alerts:subscriptions.add'),
      icon: 'plus',
      to: '/alerts/subscriptions?new=1',
    },
    { id: 'alerts.bindings', label: i18next.t('alerts:bindings.title'), icon: 'link', to: '/alerts/bindings' },
    { id: 'alerts.boards', label: i18next.t('alerts:boards.title'), icon: 'list', to: '/alerts/boards' },
  ],
  search: {
    title: () => i18next.t('alerts:boards.title'),
    find: async (words, signal) => {
      const { boards } = await callApi(searchBoards, { query: { q: words.slice(0, 64) } }, { signal })
      return boards.slice(0, 6).map((board) => ({
        id: `alerts.board.${board}`,
        label: board,
        hint: i18next.t('alerts:subscriptions.add'),
        icon: 'bell' as const,
        to: `/alerts/subscriptions?new=1&board=${encodeURIComponent(board)}`,
      }))
    },
  },
}
