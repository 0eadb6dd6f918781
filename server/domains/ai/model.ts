import type { ModelType, PullProgress } from '#contracts/schemas/ai.ts'

/** What a model is, whether it is installed, built in, or only known. */
export interface ModelAbout {
  readonly id: string
  readonly name: string
  readonly type: ModelType
  readonly version: string
  readonly engine: string
  readonly licence: string
  readonly source: string | null
  readonly languages: readonly string[]
}

export type Obstacle = 'no-engine' | 'no-contract'

/** A model and how it stands. */
export interface ModelView extends ModelAbout {
  readonly state: 'available' | 'downloading' | 'installed' | 'loading' | 'loaded' | 'unloading' | 'error'
  readonly reason: string | null
  /** How far its download is; null where there is none. */
  readonly progress: PullProgress | null
  /** Of all its files; null where nobody has said. */
  readonly bytes: number | null
  /** Why it cannot run here. */
  readonly obstacle: Obstacle | null
  readonly pullable: boolean
  readonly verifiedAgainst: 'published' | 'recorded' | null
  /** Bytes. */
  readonly memory: number
  readonly nodeId: string | null
  /** Seconds. */
  readonly loadTime: number | null
}
