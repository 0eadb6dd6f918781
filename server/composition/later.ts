/** A service that is made later in the wiring than those that use it, but before anything is served. */
export interface Later<T> {
  /** Stands for the service: what is called on it goes there. */
  readonly port: T
  /** Says which it is. */
  open(service: T): void
}

/** A stand-in for a service; `name` is for the error of a call that comes too early. */
export function createLater<T extends object>(name: string): Later<T> {
  let behind: T | undefined
  const port = new Proxy({} as T, {
    get: (_target, key) => {
      if (behind === undefined) throw new Error(`${name} were used before they were wired`)
      return Reflect.get(behind, key) as unknown
    },
  })
  return { port, open: (service) => void (behind = service) }
}
