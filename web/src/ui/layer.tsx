import { createContext, use } from 'react'

/** The dialog or sheet one is inside of. */
export const LayerContext = createContext<HTMLElement | null>(null)

/** Where menus and tooltips are put: into the dialog one is in, else into the page's <main>, so that they stay inside a landmark. */
export function useLayer(): HTMLElement | undefined {
  return use(LayerContext) ?? document.getElementById('main') ?? undefined
}
