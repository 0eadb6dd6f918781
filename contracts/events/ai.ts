import type { PullProgress } from '../schemas/ai.ts'

/** How models and the nodes that run them are getting on; the web app's admins are told. */
export interface AiEvents {
  /** A model's state changed, or its download moved on (at most twice a second). Read the model for the rest. */
  'ai.model.changed': {
    model_id: string
    state: 'available' | 'downloading' | 'installed' | 'loading' | 'loaded' | 'unloading' | 'error'
    reason: string | null
    progress: PullProgress | null
    /** Bytes its process takes; 0 while it has none. */
    memory_usage: number
  }
  /** A node came, went, or was removed. */
  'ai.node.changed': { node_id: string; status: 'online' | 'offline' | 'busy' | 'removed' }
}
