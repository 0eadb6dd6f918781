import { FLOAT } from './runtime.ts'
import type { Session, TensorInfo } from './runtime.ts'

/**
 * Holds a file against what its manifest declares of it.
 * @throws Error that says what is wrong and what is in the file
 */
export function checkDeclared(
  session: Session,
  declared: { input: string; output: string; inputShape: readonly number[] },
): { input: TensorInfo; output: TensorInfo } {
  const input = named(session.inputs, declared.input, 'input')
  const output = named(session.outputs, declared.output, 'output')
  const others = session.inputs.filter((one) => one !== input).map(({ name }) => JSON.stringify(name))
  if (others.length > 0) throw new Error(`the file also asks for the inputs ${others.join(', ')}`)
  for (const [what, { name, type }] of [
    ['input', input],
    ['output', output],
  ] as const) {
    if (type !== FLOAT) throw new Error(`the ${what} ${JSON.stringify(name)} is not of 32-bit floats`)
  }
  if (!takes(input.shape, declared.inputShape)) {
    throw new Error(
      `the input ${JSON.stringify(input.name)} is ${shapeText(input.shape)}, and the manifest declares ${shapeText(declared.inputShape)}`,
    )
  }
  return { input, output }
}

function named(found: readonly TensorInfo[], name: string, what: string): TensorInfo {
  const one = found.find((info) => info.name === name)
  if (one !== undefined) return one
  const names = found.map((info) => JSON.stringify(info.name)).join(', ')
  throw new Error(`the file has no ${what} ${JSON.stringify(name)}; it has ${names || 'none'}`)
}

/** A shape fits where it has as many axes and each is of that length, or of any. */
function takes(shape: readonly number[], declared: readonly number[]): boolean {
  if (shape.length !== declared.length) return false
  return shape.every((one, at) => one < 0 || (declared[at] ?? -1) < 0 || one === declared[at])
}

/** A shape as people write it: 1×3×?×?. */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? 'a single number' : shape.map((one) => (one < 0 ? '?' : String(one))).join('×')
