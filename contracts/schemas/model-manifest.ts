import { Type } from 'typebox'
import type { Static } from 'typebox'
import { ModelId, ModelType } from './ai.ts'
import { ModelContract } from './model-contract.ts'

const Name = Type.String({ minLength: 1, maxLength: 200 })

/** `model.json` in a model's folder. */
export const ModelManifest = Type.Object({
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
      /** Nobody published a hash of it: `sha256` is what came when it was first downloaded. */
      recorded: Type.Optional(Type.Boolean()),
    }),
    { minItems: 1, maxItems: 500 },
  ),
  /** What goes in and comes out; a model without it can be kept and not run. */
  contract: Type.Optional(ModelContract),
})
export type ModelManifest = Static<typeof ModelManifest>
