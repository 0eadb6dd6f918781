import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { ModelId, ModelType } from '#contracts/schemas/ai.ts'
import { faults } from './faults.ts'

const Name = Type.String({ minLength: 1, maxLength: 200 })

/** `model.json` in a model's folder. */
export const Manifest = Type.Object({
  id: ModelId,
  name: Name,
  type: ModelType,
  version: Name,
  engine: Type.Union([Type.Literal('sherpa-onnx'), Type.Literal('onnx')]),
  licence: Name,
  source: Type.Optional(Type.String({ maxLength: 2000 })),
  languages: Type.Optional(Type.Array(Type.String({ maxLength: 35 }), { maxItems: 200 })),
  files: Type.Array(
    Type.Object({
      path: Type.String({ minLength: 1, maxLength: 300 }),
      url: Type.Optional(Type.String({ maxLength: 2000 })),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      bytes: Type.Integer({ minimum: 0 }),
    }),
    { minItems: 1, maxItems: 500 },
  ),
  /** What goes in and comes out, for engines that ask for it. */
  contract: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type Manifest = Static<typeof Manifest>

const check = Compile(Manifest)

/**
 * Reads a manifest. Its files lie under its own folder: no absolute path, no `..`, no drive, no control character.
 * @throws Fault `ai.manifest`
 */
export function readManifest(text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw faults.manifest('it is no JSON')
  }
  if (!check.Check(value)) {
    const [first] = check.Errors(value)
    throw faults.manifest(`${first?.instancePath || 'the whole'} ${first?.message ?? 'is wrong'}`)
  }
  const paths = new Set<string>()
  for (const { path } of value.files) {
    if (!isInside(path)) throw faults.manifest(`the path ${JSON.stringify(path)} leads out of the model’s folder`)
    if (paths.has(path)) throw faults.manifest(`the path ${JSON.stringify(path)} stands twice`)
    paths.add(path)
  }
  return value
}

function isInside(path: string): boolean {
  // oxlint-disable-next-line no-control-regex -- which is what is looked for
  if (/[\\:\x00-\x1F]/.test(path) || path === 'model.json') return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}
