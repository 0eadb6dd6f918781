import type { ComponentType } from 'react'
import type { IconName } from '@/ui/icons.tsx'

/** A place in the app. The module is loaded when it is first opened (or pointed at), and exports its view as `Page`. */
export interface FeatureRoute {
  /** `/meetings/$id`; `$name` is a parameter, read with `useParams({ strict: false })`. */
  path: string
  page: () => Promise<{ Page: ComponentType }>
  /**
   * `shell`: rail and all, for people signed in (the default). `full`: signed in, the whole window (a meeting's room).
   * `open`: for anybody, the whole window.
   */
  frame?: 'shell' | 'full' | 'open'
  /** Only for admins; others are told the page does not exist. */
  admin?: boolean
}

/** An entry of the rail. Its name is `nav.<feature id>` in `locales/<lang>/shell.json`. */
export interface FeatureNav {
  to: string
  icon: IconName
  /** Smaller stands higher. Home 0, Meetings 10, Calendar 20, Rooms 30, Assistant 40, Alerts 50, Calls 60, Library 70, Admin 90. */
  order: number
  /** The letter after `g` that goes there. */
  key?: string
  admin?: boolean
  /** A hook answering how many are new. */
  useCount?: () => number
}

/** Something the palette can do or go to. */
export interface PaletteItem {
  id: string
  label: string
  /** Fainter, after the label: a date, a kind. */
  hint?: string
  icon: IconName
  /** More words to find it by. */
  keywords?: string
  keys?: string
  to?: string
  run?: () => void
}

/** What a feature adds to the palette; loaded when the palette is first opened. */
export interface PaletteSource {
  /** Actions and places, always offered. Called when the palette opens, so that it can use `i18next.t`. */
  items?: () => PaletteItem[]
  /** Finds things on the server; called 150 ms after typing rests. `title` heads the results. */
  search?: { title: () => string; find: (words: string, signal: AbortSignal) => Promise<PaletteItem[]> }
}

/** A shortcut that works everywhere. One that belongs to a view is registered there with `useShortcuts`. */
export interface FeatureShortcut {
  /** `mod+k`, `c`, `g m`. */
  keys: string
  /** Key of what it does: `meetings:shortcuts.create`. */
  label: string
  to?: string
  run?: () => void
}

/** A part of Home. Renders nothing when it has nothing to say. */
export interface HomeSection {
  id: string
  order: number
  /** `wide`: the main column (now, next, today); `side`: beside it. */
  place: 'wide' | 'side'
  load: () => Promise<{ Section: ComponentType }>
}

/** A page of the account's settings, reached at `/account/<id>`. Its name is `<label>` with the domain. */
export interface SettingsPage {
  id: string
  order: number
  label: string
  icon: IconName
  load: () => Promise<{ Page: ComponentType }>
}

/** A place for admins, reached by a tab of the administration. */
export interface AdminPlace {
  to: string
  order: number
  /** Key of its name, with the domain. */
  label: string
  icon: IconName
}

/** Everything a feature adds to the app; `web/src/features/<id>/feature.tsx` exports one as `feature`. */
export interface Feature {
  id: string
  /** Domains of `locales/` that palette and shortcut texts come from; the feature's id unless given. */
  locales?: readonly string[]
  nav?: FeatureNav
  routes?: readonly FeatureRoute[]
  palette?: () => Promise<{ palette: PaletteSource }>
  shortcuts?: readonly FeatureShortcut[]
  home?: readonly HomeSection[]
  settings?: readonly SettingsPage[]
  adminPlaces?: readonly AdminPlace[]
}

/** Declares a feature, keeping its types. */
export function defineFeature(feature: Feature): Feature {
  return feature
}
