import { Type } from 'typebox'
import { route } from './route.ts'

/** The process answers. */
export const health = route({
  id: 'system.health',
  method: 'GET',
  path: '/health',
  family: 'raw',
  access: 'anyone',
  summary: 'Alive: answers 200 once requests are served',
  result: Type.Object({ status: Type.Literal('ok'), version: Type.String(), uptime: Type.Integer() }),
})

/** The database and the workers answer too; 503 with what does not. */
export const ready = route({
  id: 'system.ready',
  method: 'GET',
  path: '/ready',
  family: 'raw',
  access: 'anyone',
  summary: 'Ready: the database and the workers answer',
  result: Type.Object({
    status: Type.Union([Type.Literal('ready'), Type.Literal('not ready')]),
    checks: Type.Record(Type.String(), Type.String()),
  }),
})

/** Numbers of the process for Prometheus; without the right token, 404. */
export const metrics = route({
  id: 'system.metrics',
  method: 'GET',
  path: '/metrics',
  family: 'raw',
  access: 'anyone',
  summary: "Prometheus metrics, for an admin's token or the metrics token; 404 for everybody else",
  result: Type.Unknown(),
})

/** OpenAPI 3.1 of every route. */
export const openApi = route({
  id: 'system.openapi',
  method: 'GET',
  path: '/openapi.json',
  family: 'raw',
  access: 'anyone',
  summary: 'OpenAPI 3.1 of every route',
  result: Type.Unknown(),
})

/** The same for people. */
export const docs = route({
  id: 'system.docs',
  method: 'GET',
  path: '/docs',
  family: 'raw',
  access: 'anyone',
  summary: 'Every route, readable',
  result: Type.Unknown(),
})
