import type { Static, TSchema } from 'typebox'

/** The envelope a route answers in (contract, section 1). `raw` routes answer bytes, pages or another product's own shape. */
export type Family = 'plain' | 'assistant' | 'workspace' | 'meetings' | 'raw'

/**
 * Who may call: anybody; an account by token or API key; an account by token alone (acts on the account itself);
 * an admin by token alone (contract, section 2).
 */
export type Access = 'anyone' | 'account' | 'session' | 'admin'

/** At most `max` calls in each `per`, per account, or per address where no account is known. */
export interface RateLimit {
  readonly max: number
  readonly per: 'minute' | 'hour' | 'day'
}

/** One route, declared once: the server mounts it, the web app calls it, OpenAPI prints it. */
export interface Route<
  Params extends TSchema = TSchema,
  Query extends TSchema = TSchema,
  Body extends TSchema = TSchema,
  Result extends TSchema = TSchema,
> {
  /** Unique, dotted: `alerts.subscriptions.create`. OpenAPI's operationId. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `:name` parameters, from the origin's root. */
  readonly path: string
  readonly family: Family
  readonly access: Access
  readonly summary: string
  readonly params?: Params
  readonly query?: Query
  /** Absent: no body is read. */
  readonly body?: Body
  /** What the handler returns: the envelope's inside, or the whole answer when `bare`. */
  readonly result: Result
  /** Success status; 200 unless the document says otherwise. */
  readonly status?: number
  /** The result is the whole answer, unwrapped, as a document shows for this one route. */
  readonly bare?: boolean
  readonly rateLimit?: RateLimit
  /** The body is a multipart form whose files the handler streams; `body` describes its plain fields. */
  readonly multipart?: boolean
  /** Largest JSON body in bytes; 1 MiB unless given. */
  readonly bodyLimit?: number
  /** Another contract on the same method and path, told apart by the body: whether this one is meant. */
  readonly chosenBy?: (body: unknown) => boolean
}

/** Declares a route, keeping the types of its schemas. */
export function route<
  const Params extends TSchema = TSchema,
  const Query extends TSchema = TSchema,
  const Body extends TSchema = TSchema,
  const Result extends TSchema = TSchema,
>(definition: Route<Params, Query, Body, Result>): Route<Params, Query, Body, Result> {
  return definition
}

// `any` is what makes the four parameters inferable in either variance.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyRoute = Route<any, any, any, any>

type StaticOr<S, Otherwise> = TSchema extends S ? Otherwise : S extends TSchema ? Static<S> : Otherwise

/** The types of a route's parts, `{}` where it has none. */
// oxlint-disable-next-line typescript/no-explicit-any
export type ParamsOf<R> = R extends Route<infer P, any, any, any> ? StaticOr<P, Record<never, never>> : never
// oxlint-disable-next-line typescript/no-explicit-any
export type QueryOf<R> = R extends Route<any, infer Q, any, any> ? StaticOr<Q, Record<never, never>> : never
// oxlint-disable-next-line typescript/no-explicit-any
export type BodyOf<R> = R extends Route<any, any, infer B, any> ? StaticOr<B, undefined> : never
// oxlint-disable-next-line typescript/no-explicit-any
export type ResultOf<R> = R extends Route<any, any, any, infer T> ? StaticOr<T, unknown> : never
