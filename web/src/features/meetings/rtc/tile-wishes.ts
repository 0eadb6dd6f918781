import type { ClientData } from '#contracts/schemas/signaling.ts'

/** How one video is shown. */
export interface TileWish {
  width: number
  height: number
  visible: boolean
  priority: number
}

const SETTLE = 120

/**
 * Gathers how large each video is shown, and tells the server what changed: at most every 120 ms, sizes rounded up to
 * steps, so that resizing a window does not flood the line. What nobody shows is not sent.
 */
export class TileWishes {
  readonly #send: (data: ClientData['layer']) => boolean
  readonly #wishes = new Map<string, TileWish>()
  readonly #told = new Map<string, string>()
  #known: readonly string[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(send: (data: ClientData['layer']) => boolean) {
    this.#send = send
  }

  /** A tile shows this publication now; null when it no longer does. */
  show(publicationId: string, wish: TileWish | null): void {
    if (wish) this.#wishes.set(publicationId, wish)
    else this.#wishes.delete(publicationId)
    this.#soon()
  }

  /** The videos there are; those without a tile are not wanted. */
  know(publicationIds: readonly string[]): void {
    this.#known = publicationIds
    for (const id of this.#told.keys()) if (!publicationIds.includes(id)) this.#told.delete(id)
    this.#soon()
  }

  /** Whether a video is meant to be seen at present. */
  wanted(publicationId: string): boolean {
    return this.#wishes.get(publicationId)?.visible ?? false
  }

  /** Forgets what was told: the server started anew. */
  again(): void {
    this.#told.clear()
    this.#soon()
  }

  /** Stops its timer. */
  close(): void {
    clearTimeout(this.#timer)
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#tell()
    }, SETTLE)
  }

  #tell(): void {
    const subscriptions = this.#known.flatMap((id) => {
      const wish = this.#wishes.get(id)
      const said = wish?.visible
        ? { visible: true, width: step(wish.width), height: step(wish.height), priority: wish.priority }
        : { visible: false }
      const text = JSON.stringify(said)
      return this.#told.get(id) === text ? [] : [{ id, text, said }]
    })
    if (subscriptions.length === 0) return
    if (!this.#send({ subscriptions: subscriptions.map(({ id, said }) => ({ publication_id: id, ...said })) })) return
    for (const { id, text } of subscriptions) this.#told.set(id, text)
  }
}

function step(pixels: number): number {
  return Math.ceil(pixels / 40) * 40
}
