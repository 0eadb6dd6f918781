import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'

const Level = Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')])
const Pixels = Type.Integer({ minimum: 1, maximum: 65_536 })

/** What a model is asked to do with a file, without the file. */
export const Task = Type.Union([
  Type.Object({ do: Type.Literal('denoise'), level: Level }),
  Type.Object({ do: Type.Literal('classify') }),
  Type.Object({ do: Type.Literal('find-speech'), mostSeconds: Type.Number({ exclusiveMinimum: 0 }) }),
  Type.Object({
    do: Type.Literal('recognise'),
    spans: Type.Array(Type.Object({ start: Type.Integer({ minimum: 0 }), end: Type.Integer({ minimum: 0 }) }), {
      maxItems: 10_000,
    }),
    language: Type.Optional(Type.String({ maxLength: 35 })),
  }),
  Type.Object({ do: Type.Literal('enlarge'), width: Pixels, height: Pixels }),
])
export type Task = Static<typeof Task>

const check = Compile(Task)

/** Tasks that write a file. */
const WRITING: ReadonlySet<Task['do']> = new Set(['denoise', 'enlarge'])

/** Something a model can be asked, and whether it writes a file; undefined for anything else. */
export const taskOf = (value: unknown): { task: Task; isWriting: boolean } | undefined =>
  check.Check(value) ? { task: value, isWriting: WRITING.has(value.do) } : undefined

/** A task on files of this machine. */
export interface Work {
  readonly task: Task
  readonly input: string
  /** Where the result goes, of tasks that write a file. */
  readonly output: string | undefined
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal
}

/** Does work with a model; resolves with the result. @throws Faults of models */
export type RunWork = (model: string, work: Work) => Promise<unknown>
