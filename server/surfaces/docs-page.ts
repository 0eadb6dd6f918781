import type { AnyRoute } from '#contracts/route.ts'
import type { Mounted } from './mount.ts'
import { tagOf } from './openapi.ts'

const ACCESS: Readonly<Record<AnyRoute['access'], string>> = {
  anyone: 'open to anyone',
  account: 'token or API key',
  session: 'token',
  admin: "an admin's token",
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The readable page of every route: what it is for, who may call it, its limits, its shapes. No script, no outside file. */
export function docsPage(mounted: readonly Mounted[], version: string): string {
  const groups = new Map<string, AnyRoute[]>()
  for (const { contract } of mounted) {
    const tag = tagOf(contract)
    groups.set(tag, [...(groups.get(tag) ?? []), contract])
  }
  const links = [...groups.keys()].map((tag) => `<a href="#${escape(tag)}">${escape(tag)}</a>`).join(' ')
  const sections = [...groups].map(
    ([tag, routes]) => `<h2 id="${escape(tag)}">${escape(tag)}</h2>${routes.map(routeBlock).join('')}`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Confab API ${escape(version)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head><body><main>
<h1>Confab API <small>${escape(version)}</small></h1>
<p>${mounted.length} routes. For machines: <a href="/openapi.json">OpenAPI 3.1</a>.</p><nav>${links}</nav>
${sections.join('\n')}</main></body></html>`
}

function routeBlock(contract: AnyRoute): string {
  const notes = [
    ACCESS[contract.access],
    `${contract.family} envelope`,
    `answers ${contract.status ?? 200}`,
    ...(contract.rateLimit ? [`${contract.rateLimit.max} per ${contract.rateLimit.per}`] : []),
  ]
  const parts = [
    fields('Path', contract.params),
    fields('Query', contract.query),
    fields(contract.multipart ? 'Form' : 'Body', contract.body),
    fields('Result', contract.result),
  ]
  return `<details id="${escape(contract.id)}"><summary><b class="${contract.method}">${contract.method}</b>
<code>${escape(contract.path)}</code><span>${escape(contract.summary)}</span></summary>
<p>${escape(notes.join(' · '))}</p>${parts.join('')}</details>`
}

interface Shape {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly const?: unknown
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

function fields(title: string, schema: unknown): string {
  const { properties = {}, required = [] } = (schema ?? {}) as Shape
  const rows = Object.entries(properties).map(
    ([name, shape]) =>
      `<tr><td><code>${escape(name)}</code></td><td>${escape(typeOf(shape))}</td><td>${required.includes(name) ? '' : 'optional'}</td></tr>`,
  )
  return rows.length === 0 ? '' : `<h3>${title}</h3><table>${rows.join('')}</table>`
}

function typeOf(shape: Shape): string {
  if (shape.const !== undefined) return JSON.stringify(shape.const)
  if (shape.anyOf) return shape.anyOf.map(typeOf).join(' | ')
  if (shape.type === 'array') return `${typeOf(shape.items ?? {})}[]`
  if (shape.type === 'object' && shape.properties) {
    return `{ ${Object.entries(shape.properties)
      .map(([name, inner]) => `${name}: ${typeOf(inner)}`)
      .join(', ')} }`
  }
  const bounds = [
    shape.format,
    shape.minLength !== undefined || shape.maxLength !== undefined
      ? `${shape.minLength ?? 0}–${shape.maxLength ?? '…'} long`
      : undefined,
    shape.minimum !== undefined || shape.maximum !== undefined
      ? `${shape.minimum ?? '…'} to ${shape.maximum ?? '…'}`
      : undefined,
  ].filter((one) => one !== undefined)
  return [shape.type ?? 'anything', ...(bounds.length > 0 ? [`(${bounds.join(', ')})`] : [])].join(' ')
}

const STYLE = `:root{color-scheme:light dark;font:15px/1.6 system-ui,"Noto Sans TC",sans-serif}body{margin:0}main{max-width:960px;margin:0 auto;padding:24px 16px 64px}
nav a{margin-right:12px;display:inline-block}h2{margin:32px 0 8px;border-bottom:1px solid #8884;padding-bottom:4px}h3{margin:12px 0 4px;font-size:13px}
details{border:1px solid #8883;border-radius:6px;margin:6px 0;padding:6px 12px}summary{cursor:pointer;display:flex;gap:12px;align-items:baseline;flex-wrap:wrap}
summary b{min-width:60px;font-size:12px}summary span{opacity:.7;font-size:14px}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}
td{border-top:1px solid #8882;padding:4px 8px 4px 0;vertical-align:top;font-size:14px}.GET{color:#2a7}.POST{color:#27c}.PUT,.PATCH{color:#b70}.DELETE{color:#c33}`
