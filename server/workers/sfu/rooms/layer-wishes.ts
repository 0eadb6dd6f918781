import type { LayerChoice, SubscriptionPreference, VideoLayer } from '#domains/meetings/media-engine.ts'
import { LAYERS } from '../forwarding/publication.ts'
import type { Publication } from '../forwarding/publication.ts'

/** Heights assumed where a layer's real one is not known. */
const USUAL_HEIGHTS = [180, 360, 720]
/** A picture a little smaller than its tile still looks right. */
const TOLERANCE = 0.85

/** What one subscriber wants of the videos: said once per publication, kept until said anew. */
export class LayerWishes {
  private readonly choices = new Map<string, LayerChoice>()
  private readonly preferences = new Map<string, SubscriptionPreference>()

  /** An explicit choice of layer. */
  choose(publicationId: string, choice: LayerChoice): void {
    this.choices.set(publicationId, choice)
  }

  /** What is shown, and how large. */
  prefer(preference: SubscriptionPreference): void {
    this.preferences.set(preference.publicationId, preference)
  }

  /** Forgets a publication that ended. */
  forget(publicationId: string): void {
    this.choices.delete(publicationId)
    this.preferences.delete(publicationId)
  }

  /** Whether the subscriber said that it shows this: a screen is taken as shown. */
  isShown(publication: Publication): boolean {
    const preference = this.preferences.get(publication.id)
    return preference ? preference.visible !== false : publication.source === 'screen'
  }

  /** Higher first; a screen before a camera. */
  priority(publication: Publication): number {
    const wished = this.preferences.get(publication.id)?.priority ?? 0
    return wished * 2 + (publication.source === 'screen' ? 1 : 0)
  }

  /** The best layer of use, -1 for none. */
  wantedLayer(publication: Publication): number {
    const choice = this.choices.get(publication.id) ?? { mode: 'auto' }
    const preference = this.preferences.get(publication.id)
    if (choice === 'off' || publication.blocked) return -1
    if (typeof choice === 'string') return Math.min(LAYERS.indexOf(choice), publication.maxLayer)
    if (preference?.visible === false) return -1
    const max = Math.min(indexOf(choice.max), publication.maxLayer)
    return Math.min(max, this.layerForTile(publication, preference))
  }

  private layerForTile(publication: Publication, preference: SubscriptionPreference | undefined): number {
    const height = tileHeight(preference)
    if (height === null) return 2
    for (let layer = 0; layer < 2; layer++) {
      const known = publication.streams[layer]?.height ?? 0
      if ((known > 0 ? known : USUAL_HEIGHTS[layer]!) >= height * TOLERANCE) return layer
    }
    return 2
  }
}

/** Pictures are fitted into their tile, so the tighter of its sides counts; cameras are taken as 16:9. */
function tileHeight(preference: SubscriptionPreference | undefined): number | null {
  const { width, height } = preference ?? {}
  if (!width && !height) return null
  return Math.min(height || Infinity, width ? (width * 9) / 16 : Infinity)
}

function indexOf(layer: VideoLayer | undefined): number {
  return layer === undefined ? 2 : LAYERS.indexOf(layer)
}
