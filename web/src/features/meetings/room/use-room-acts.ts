import { useMemo } from 'react'
import type { ActiveRoom } from '../active-room.ts'
import type { Panel } from './room-ui.ts'

/** What controls and shortcuts do, once. */
export interface RoomActs {
  toggleMicrophone: () => void
  toggleCamera: () => void
  toggleScreen: () => void
  toggleHand: () => void
  togglePanel: (panel: Exclude<Panel, null>) => void
  nextLayout: () => void
  toggleFullscreen: () => void
}

/** The acts of one room. */
export function useRoomActs({ local, session, ui }: ActiveRoom): RoomActs {
  return useMemo(
    () => ({
      toggleMicrophone: () => void local.setMicrophone(!local.microphone.state.get().on),
      toggleCamera: () => void local.setCamera(!local.camera.state.get().on),
      toggleScreen: () => {
        if (local.screen.get().video) local.stopScreen()
        else void local.shareScreen()
      },
      toggleHand: () => {
        const { people, selfId } = session.state.get()
        session.raiseHand((people.find((person) => person.userId === selfId)?.handAt ?? null) === null)
      },
      togglePanel: (panel) => ui.patch({ panel: ui.get().panel === panel ? null : panel }),
      nextLayout: () => {
        const order = ['auto', 'grid', 'speaker'] as const
        const next = order[(order.indexOf(ui.get().layout) + 1) % order.length] ?? 'auto'
        ui.patch({ layout: next, pinned: null })
      },
      toggleFullscreen: () => {
        const done = document.fullscreenElement
          ? document.exitFullscreen()
          : document.documentElement.requestFullscreen()
        void done.catch(() => undefined)
      },
    }),
    [local, session, ui],
  )
}
