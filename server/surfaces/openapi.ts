import type { AnyRoute } from '#contracts/route.ts'
import { envelopes } from './envelopes/by-family.ts'
import type { Mounted } from './mount.ts'

type Json = Readonly<Record<string, unknown>>

const ACCESS: Readonly<Record<AnyRoute['access'], readonly Json[]>> = {
  anyone: [],
  account: [{ bearer: [] }, { apiKey: [] }],
  session: [{ bearer: [] }],
  admin: [{ bearer: [] }],
}

/** OpenAPI 3.1 of what is mounted. Contracts that share a path and method become `oneOf` of their bodies. */
export function openApiDocument(mounted: readonly Mounted[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const entry of mounted) {
    const { contract } = entry
    const path = contract.path.replace(/:(\w+)/g, '{$1}')
    const methods = (paths[path] ??= {})
    const method = contract.method.toLowerCase()
    const before = methods[method]
    methods[method] = before === undefined ? operation(entry) : joined(before, operation(entry))
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Confab',
      version,
      description: 'Five API documents at their documented paths, and our own additions.',
    },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  }
}

function operation({ contract, envelope }: Mounted): Json {
  const status = String(contract.status ?? 200)
  const success = contract.bare ? contract.result : envelope.okSchema(contract.result)
  return {
    operationId: contract.id,
    summary: contract.summary,
    tags: [tagOf(contract)],
    security: ACCESS[contract.access],
    parameters: [...parameters('path', contract.params), ...parameters('query', contract.query)],
    ...(contract.body && {
      requestBody: {
        required: true,
        content: { [contract.multipart ? 'multipart/form-data' : 'application/json']: { schema: contract.body } },
      },
    }),
    responses: {
      [status]: { description: 'Success', content: { 'application/json': { schema: success } } },
      default: {
        description: 'Failure',
        content: { 'application/json': { schema: envelopes[contract.family].failSchema } },
      },
    },
    ...(contract.rateLimit && { 'x-rate-limit': `${contract.rateLimit.max}/${contract.rateLimit.per}` }),
  }
}

/** The group of a route: the first part of its id. */
export function tagOf(contract: AnyRoute): string {
  return contract.id.split('.', 1)[0] ?? contract.id
}

function parameters(place: 'path' | 'query', schema: AnyRoute['params']): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: Json; required?: readonly string[] }
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: one,
  }))
}

/** Two contracts of one path and method, as one operation with alternatives. */
function joined(a: Json, b: Json): Json {
  const bodyOf = (one: Json): unknown =>
    (one['requestBody'] as { content: { 'application/json': { schema: unknown } } }).content['application/json'].schema
  const alternatives = (one: Json): readonly unknown[] => {
    const schema = bodyOf(one) as { oneOf?: readonly unknown[] }
    return schema.oneOf ?? [schema]
  }
  const responses = { ...(b['responses'] as Json), ...(a['responses'] as Json) }
  return {
    ...a,
    summary: `${String(a['summary'])}; ${String(b['summary'])}`,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { oneOf: [...alternatives(a), ...alternatives(b)] } } },
    },
    responses,
  }
}
