import type { Feature } from './feature.ts'

const modules = import.meta.glob<{ feature: Feature }>('../features/*/feature.tsx', { eager: true })

/** Every feature whose folder exists. Adding or deleting one is adding or deleting its folder. */
export const features: readonly Feature[] = Object.values(modules)
  .map((module) => module.feature)
  .sort((a, b) => (a.nav?.order ?? 1000) - (b.nav?.order ?? 1000) || a.id.localeCompare(b.id))

/** The domains the palette and the shortcut sheet need words from. */
export const featureDomains: readonly string[] = [
  ...new Set(features.flatMap((feature) => feature.locales ?? [feature.id])),
]
