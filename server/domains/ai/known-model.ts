import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { ModelManifest } from '#contracts/schemas/model-manifest.ts'
import { readAs } from './manifest.ts'

const { files, ...about } = ModelManifest.properties
const { sha256, bytes, recorded: _recorded, ...file } = files.items.properties

/**
 * A model that could be brought here: a manifest whose files may lack a hash, where nobody has published one, and their
 * size; no files at all where nobody publishes it in a form that an engine here reads.
 */
export const KnownModel = Type.Object({
  ...about,
  files: Type.Array(Type.Object({ ...file, sha256: Type.Optional(sha256), bytes: Type.Optional(bytes) }), {
    maxItems: 500,
  }),
  /** What to know before one brings it. */
  note: Type.Optional(Type.String({ maxLength: 1000 })),
})
export type KnownModel = Static<typeof KnownModel>

const check = Compile(KnownModel)

/** Reads a manifest whose files may not be here yet. @throws Fault `ai.manifest` */
export const readKnownModel = (text: string): KnownModel => readAs(text, check)

/** Whether every file of it has an address. */
export const isPullable = (model: KnownModel): boolean =>
  model.files.length > 0 && model.files.every(({ url }) => url !== undefined)

/** Bytes of all its files; null where not all are known. */
export function bytesOf(model: KnownModel): number | null {
  let sum = 0
  for (const { bytes: own } of model.files) {
    if (own === undefined) return null
    sum += own
  }
  return model.files.length === 0 ? null : sum
}
