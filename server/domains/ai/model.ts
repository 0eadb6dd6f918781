import type { ModelType } from '#contracts/schemas/ai.ts'

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

/** A model and how it stands. */
export interface ModelView extends ModelAbout {
  readonly state: 'available' | 'installed' | 'loading' | 'loaded' | 'unloading' | 'error'
  readonly reason: string | null
  /** Bytes. */
  readonly memory: number
  readonly nodeId: string | null
  /** Seconds. */
  readonly loadTime: number | null
}
