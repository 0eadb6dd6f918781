/**
 * Writes ONNX files for tests: the protocol buffers of onnx.proto3 by hand, as much of them as tiny networks need.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */

/** Of `TensorProto.DataType`. */
const TYPES = { float: 1, int32: 6, int64: 7 } as const
type ElementType = keyof typeof TYPES

/** A value that goes in, comes out, or lies in between; a text for a length that may be any. */
export interface OnnxValue {
  readonly name: string
  readonly shape: readonly (number | string)[]
  /** 32-bit floats unless told. */
  readonly type?: ElementType
}

/** A constant of the network. */
export interface OnnxConstant {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: readonly number[]
  readonly type?: ElementType
}

/** One operation. */
export interface OnnxNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, number | readonly number[] | { readonly float: number }>>
}

/** A network and what its file says of it. */
export interface OnnxModel {
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly nodes: readonly OnnxNode[]
  readonly constants?: readonly OnnxConstant[]
  readonly metadata?: Readonly<Record<string, string | number>>
}

/** The bytes of a model's file. */
export function onnxFile({ inputs, outputs, nodes, constants = [], metadata = {} }: OnnxModel): Buffer {
  const graph = join(
    ...nodes.map((node) => bytes(1, nodeOf(node))),
    bytes(2, text('test')),
    ...constants.map((constant) => bytes(5, tensorOf(constant))),
    ...inputs.map((value) => bytes(11, valueOf(value))),
    ...outputs.map((value) => bytes(12, valueOf(value))),
  )
  return join(
    int(1, 8),
    bytes(2, text('confab-tests')),
    bytes(7, graph),
    bytes(8, join(bytes(1, text('')), int(2, 17))),
    ...Object.entries(metadata).map(([key, value]) =>
      bytes(14, join(bytes(1, text(key)), bytes(2, text(String(value))))),
    ),
  )
}

function nodeOf({ op, inputs, outputs, attributes = {} }: OnnxNode): Buffer {
  return join(
    ...inputs.map((name) => bytes(1, text(name))),
    ...outputs.map((name) => bytes(2, text(name))),
    bytes(4, text(op)),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attributeOf(name, value))),
  )
}

function attributeOf(name: string, value: number | readonly number[] | { readonly float: number }): Buffer {
  const named = bytes(1, text(name))
  if (typeof value === 'number') return join(named, int(3, value), int(20, 2))
  if ('float' in value) return join(named, join(tag(2, 5), floats([value.float])), int(20, 1))
  return join(named, ...value.map((one) => int(8, one)), int(20, 7))
}

function tensorOf({ name, shape, values, type = 'float' }: OnnxConstant): Buffer {
  const raw = Buffer.from(
    type === 'float'
      ? Float32Array.from(values).buffer
      : type === 'int32'
        ? Int32Array.from(values).buffer
        : BigInt64Array.from(values, BigInt).buffer,
  )
  return join(...shape.map((one) => int(1, one)), int(2, TYPES[type]), bytes(8, text(name)), bytes(9, raw))
}

function valueOf({ name, shape, type = 'float' }: OnnxValue): Buffer {
  const axes = shape.map((one) => bytes(1, typeof one === 'number' ? int(1, one) : bytes(2, text(one))))
  const tensor = join(int(1, TYPES[type]), bytes(2, join(...axes)))
  return join(bytes(1, text(name)), bytes(2, bytes(1, tensor)))
}

const floats = (values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer)
const text = (value: string): Buffer => Buffer.from(value, 'utf8')
const join = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts)
const tag = (field: number, wire: number): Buffer => varint(field * 8 + wire)
const int = (field: number, value: number): Buffer => join(tag(field, 0), varint(value))
const bytes = (field: number, value: Buffer): Buffer => join(tag(field, 2), varint(value.length), value)

/** Base 128; what is below zero takes ten bytes. */
function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value))
  const out: number[] = []
  do {
    const low = Number(rest & 127n)
    rest >>= 7n
    out.push(rest > 0n ? low + 128 : low)
  } while (rest > 0n)
  return Buffer.from(out)
}
