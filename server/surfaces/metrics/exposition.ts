/** One measured value with what tells it apart from others of its name. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string | number>>
  readonly value: number
  /** Appended to the family's name: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string
}

/** What is measured under one name. */
export interface MetricFamily {
  /** With its unit, as Prometheus names things: `confab_http_requests_total`. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

/** The media type of the text below. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Families in Prometheus' text format 0.0.4. */
export function exposition(families: readonly MetricFamily[]): string {
  const lines: string[] = []
  for (const { name, help, type, samples } of families) {
    if (samples.length === 0) continue
    lines.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`)
    for (const { labels, value, suffix = '' } of samples)
      lines.push(`${name}${suffix}${braces(labels)} ${number(value)}`)
  }
  return lines.join('\n') + '\n'
}

/** A family with one value. */
export function single(type: 'counter' | 'gauge', name: string, help: string, value: number): MetricFamily {
  return { type, name, help, samples: [{ value }] }
}

function braces(labels: Sample['labels'] = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(String(value))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function number(value: number): string {
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : String(value)
}
