/** One environment variable: how it is read, what it is for, and whether it may be printed. */
export interface Setting<T> {
  readonly env: string
  readonly about: string
  readonly secret: boolean
  /** How the default is shown in the docs and by `confab config`. */
  readonly shownDefault: string
  /** How the value's type is shown. */
  readonly type: string
  /** Reads the raw value (`undefined`: not set). Throws an Error with a plain sentence on a bad one. */
  read(raw: string | undefined): T
}

interface Common {
  readonly env: string
  readonly about: string
  readonly secret?: boolean
  readonly shownDefault?: string
}

function setting<T>(common: Common, type: string, fallback: T, parse: (raw: string) => T): Setting<T> {
  return {
    env: common.env,
    about: common.about,
    secret: common.secret ?? false,
    shownDefault: common.shownDefault ?? (fallback === undefined || fallback === '' ? '' : String(fallback)),
    type,
    read(raw) {
      const text = raw?.trim()
      return text === undefined || text === '' ? fallback : parse(text)
    },
  }
}

/** A text with a default. */
export function text(options: Common & { readonly default: string }): Setting<string> {
  return setting(options, 'text', options.default, (raw) => raw)
}

/** A text that may be left out. */
export function optionalText(options: Common): Setting<string | undefined> {
  return setting<string | undefined>(options, 'text', undefined, (raw) => raw)
}

/** A whole number within bounds. */
export function integer(
  options: Common & { readonly default: number; readonly min?: number; readonly max?: number },
): Setting<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options
  return setting(
    options,
    `whole number, ${min} to ${max === Number.MAX_SAFE_INTEGER ? '…' : max}`,
    options.default,
    (raw) => {
      const value = Number(raw)
      if (!Number.isInteger(value) || value < min || value > max) {
        throw new Error(`${options.env} must be a whole number from ${min} to ${max}, not "${raw}"`)
      }
      return value
    },
  )
}

/** `on` or `off`. */
export function flag(options: Common & { readonly default: boolean }): Setting<boolean> {
  const shown = { ...options, shownDefault: options.default ? 'on' : 'off' }
  return setting(shown, 'on / off', options.default, (raw) => {
    if (/^(on|true|yes|1)$/i.test(raw)) return true
    if (/^(off|false|no|0)$/i.test(raw)) return false
    throw new Error(`${options.env} must be "on" or "off", not "${raw}"`)
  })
}

/** One of a few words. */
export function choice<const T extends string>(
  options: Common & { readonly default: T; readonly of: readonly T[] },
): Setting<T> {
  return setting<T>(options, options.of.join(' / '), options.default, (raw) => {
    const found = options.of.find((word) => word === raw)
    if (found === undefined) throw new Error(`${options.env} must be one of ${options.of.join(', ')}, not "${raw}"`)
    return found
  })
}

/** A comma-separated list. */
export function list(options: Common & { readonly default: readonly string[] }): Setting<readonly string[]> {
  const shown = { ...options, shownDefault: options.default.join(',') }
  return setting<readonly string[]>(shown, 'list, separated by commas', options.default, (raw) =>
    raw
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
}

/** An http(s) URL without its trailing slash, or left out. */
export function optionalUrl(options: Common): Setting<string | undefined> {
  return setting<string | undefined>(options, 'URL', undefined, (raw) => parseUrl(options.env, raw))
}

/** An http(s) URL without its trailing slash, with a default. */
export function url(options: Common & { readonly default: string }): Setting<string> {
  return setting(options, 'URL', options.default, (raw) => parseUrl(options.env, raw))
}

function parseUrl(env: string, raw: string): string {
  if (!URL.canParse(raw) || !/^https?:$/.test(new URL(raw).protocol)) {
    throw new Error(`${env} must be an http or https URL, not "${raw}"`)
  }
  return raw.replace(/\/+$/, '')
}

// oxlint-disable-next-line typescript/no-explicit-any -- a map of settings of mixed types
export type Settings = Readonly<Record<string, Setting<any>>>

/** The settings of one part of the product, under a heading. */
export interface SettingsArea<S extends Settings = Settings> {
  readonly title: string
  readonly settings: S
}

/** The values read for an area's settings. */
export type ValuesOf<A> =
  A extends SettingsArea<infer S> ? { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never } : never

/** Declares an area, keeping its types. */
export function area<const S extends Settings>(title: string, settings: S): SettingsArea<S> {
  return { title, settings }
}
