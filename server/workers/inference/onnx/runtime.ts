import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** One input or output of a model's file. */
export interface TensorInfo {
  readonly name: string
  /** ONNX's own number of the element type; 1 is a 32-bit float. */
  readonly type: number
  /** -1 where any length is taken. */
  readonly shape: readonly number[]
}

/** Numbers in a shape. */
export interface Tensor {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** A model's file, opened for as long as the process lives. */
export interface Session {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /**
   * Runs the model on one input for one output; the values are the caller's own.
   * @throws Error with ONNX Runtime's own words
   */
  run(input: Tensor & { readonly name: string }, output: string): Tensor
}

/** Of `ONNXTensorElementDataType`. */
export const FLOAT = 1
/** More than a model may answer at once: 256 MiB of floats. A hostile shape is refused before it is copied. */
const MOST_VALUES = 64 * 1024 * 1024
const WARNINGS_AND_WORSE = 3

type Call = (...args: unknown[]) => unknown
type Pointer = bigint

/**
 * Places in `OrtApi` (onnxruntime_c_api.h) of what is called here, with result and parameters. The table only ever
 * grows at its end, and these are of its first version, which is the one that is asked for.
 */
const FUNCTIONS = {
  getErrorMessage: [2, 'str', ['void *']],
  createEnv: [3, 'void *', ['int', 'str', 'out']],
  createSession: [7, 'void *', ['void *', 'path', 'void *', 'out']],
  run: [9, 'void *', ['void *', 'void *', 'names', 'pointers', 'size_t', 'names', 'size_t', 'inout']],
  createSessionOptions: [10, 'void *', ['out']],
  setIntraOpNumThreads: [24, 'void *', ['void *', 'int']],
  sessionGetInputCount: [30, 'void *', ['void *', 'out size_t']],
  sessionGetOutputCount: [31, 'void *', ['void *', 'out size_t']],
  sessionGetInputTypeInfo: [33, 'void *', ['void *', 'size_t', 'out']],
  sessionGetOutputTypeInfo: [34, 'void *', ['void *', 'size_t', 'out']],
  sessionGetInputName: [36, 'void *', ['void *', 'size_t', 'void *', 'out']],
  sessionGetOutputName: [37, 'void *', ['void *', 'size_t', 'void *', 'out']],
  createTensorAsOrtValue: [48, 'void *', ['void *', 'void *', 'size_t', 'int', 'out']],
  getTensorMutableData: [51, 'void *', ['void *', 'out']],
  castTypeInfoToTensorInfo: [55, 'void *', ['void *', 'out']],
  getTensorElementType: [60, 'void *', ['void *', 'out int']],
  getDimensionsCount: [61, 'void *', ['void *', 'out size_t']],
  getDimensions: [62, 'void *', ['void *', 'void *', 'size_t']],
  getTensorTypeAndShape: [65, 'void *', ['void *', 'out']],
  allocatorFree: [76, 'void *', ['void *', 'void *']],
  getAllocatorWithDefaultOptions: [78, 'void *', ['out']],
  releaseStatus: [93, 'void', ['void *']],
  releaseValue: [96, 'void', ['void *']],
  releaseTypeInfo: [98, 'void', ['void *']],
  releaseTensorTypeAndShapeInfo: [99, 'void', ['void *']],
  releaseSessionOptions: [100, 'void', ['void *']],
} as const satisfies Record<string, readonly [number, string, readonly string[]]>

type Api = Record<keyof typeof FUNCTIONS, Call>
type Koffi = typeof import('koffi')
type Library = ReturnType<Koffi['load']>
/** The C library's memcpy: to, from, bytes. Either side is a pointer, or an array that is used in place. */
type Copy = (to: Pointer | Float32Array, from: Pointer | Float32Array, bytes: number) => void

/** Held for good: a library whose handle is collected is unloaded, and what points into it points nowhere. */
const libraries: Library[] = []

/**
 * ONNX Runtime by its C interface: the library that sherpa-onnx's package carries, so that one copy serves both.
 * @throws Error where one of the two packages is not installed
 */
export async function openOnnxRuntime(): Promise<(path: string, threads: number) => Session> {
  const koffi = await import('koffi')
  const runtime = koffi.load(libraryPath())
  // Copied, not viewed: views of the runtime's memory keep it until the event loop turns.
  const clib = koffi.load(process.platform === 'win32' ? 'msvcrt.dll' : null)
  libraries.push(runtime, clib)
  const copy = clib.func('memcpy', 'void *', ['void *', 'void *', 'size_t']) as Copy
  const api = bind(koffi, runtime)
  const env = given(api, (out) => api.createEnv(WARNINGS_AND_WORSE, 'confab', out))
  const allocator = given(api, (out) => api.getAllocatorWithDefaultOptions(out))
  return (path, threads) => openSession(koffi, api, { env, allocator, copy, path, threads })
}

/** Where sherpa-onnx's package for this platform has the library. */
function libraryPath(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('sherpa-onnx-node'))
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const folder = dirname(require.resolve(`sherpa-onnx-${platform}-${process.arch}/package.json`))
  const file = readdirSync(folder).find((name) => /^(lib)?onnxruntime(\.[\d.]+)?\.(so|dylib|dll)$/.test(name))
  if (file === undefined) throw new Error(`there is no ONNX Runtime in ${folder}`)
  return join(folder, file)
}

function bind(koffi: Koffi, opened: Library): Api {
  const out = (type: string) => koffi.out(koffi.pointer(type))
  const typeOf = (name: string) => {
    if (name === 'out') return out('void *')
    if (name.startsWith('out ')) return out(name.slice(4))
    if (name === 'inout') return koffi.inout(koffi.pointer('void *'))
    if (name === 'names') return koffi.pointer('str')
    if (name === 'pointers') return koffi.pointer('void *')
    // ORTCHAR_T: wide on Windows.
    return name === 'path' ? (process.platform === 'win32' ? 'str16' : 'str') : name
  }
  const pointerSize = koffi.sizeof('void *')
  const base: unknown = opened.func('OrtGetApiBase', 'void *', [])()
  const getApi = koffi.decode(koffi.decode(base, 0, 'void *'), koffi.proto('void *', ['uint32_t'])) as Call
  const table = getApi(1)
  if (table === null) throw new Error('this ONNX Runtime has no interface of version 1')
  const bound = Object.entries(FUNCTIONS).map(([name, [place, result, parameters]]) => {
    const pointer: unknown = koffi.decode(table, place * pointerSize, 'void *')
    return [name, koffi.decode(pointer, koffi.proto(result, parameters.map(typeOf))) as Call] as const
  })
  return Object.fromEntries(bound) as Api
}

/** Turns a status into an error; null is success. */
function check(api: Api, status: unknown): void {
  if (status === null) return
  const message = api.getErrorMessage(status) as string
  api.releaseStatus(status)
  throw new Error(message)
}

/** What a function writes to its last parameter. */
function given(api: Api, call: (out: unknown[]) => unknown): Pointer {
  const out: unknown[] = [null]
  check(api, call(out))
  return out[0] as Pointer
}

const count = (api: Api, call: (out: unknown[]) => unknown): number => Number(given(api, call))

interface Opening {
  readonly env: Pointer
  readonly allocator: Pointer
  readonly copy: Copy
  readonly path: string
  readonly threads: number
}

function openSession(koffi: Koffi, api: Api, { env, allocator, copy, path, threads }: Opening): Session {
  const options = given(api, (out) => api.createSessionOptions(out))
  let session: Pointer
  try {
    check(api, api.setIntraOpNumThreads(options, threads))
    session = given(api, (out) => api.createSession(env, path, options, out))
  } finally {
    api.releaseSessionOptions(options)
  }

  function text(call: (out: unknown[]) => unknown): string {
    const pointer = given(api, call)
    try {
      return koffi.decode.string(pointer)
    } finally {
      check(api, api.allocatorFree(allocator, pointer))
    }
  }

  const inputs = Array.from({ length: count(api, (out) => api.sessionGetInputCount(session, out)) }, (_, at) => ({
    name: text((out) => api.sessionGetInputName(session, at, allocator, out)),
    ...described(
      api,
      given(api, (out) => api.sessionGetInputTypeInfo(session, at, out)),
    ),
  }))
  const outputs = Array.from({ length: count(api, (out) => api.sessionGetOutputCount(session, out)) }, (_, at) => ({
    name: text((out) => api.sessionGetOutputName(session, at, allocator, out)),
    ...described(
      api,
      given(api, (out) => api.sessionGetOutputTypeInfo(session, at, out)),
    ),
  }))

  return {
    inputs,
    outputs,
    run: ({ name, data, shape }, output) => {
      const dims = BigInt64Array.from(shape, BigInt)
      const value = given(api, (out) => api.createTensorAsOrtValue(allocator, dims, dims.length, FLOAT, out))
      const results: unknown[] = [null]
      try {
        const place = given(api, (out) => api.getTensorMutableData(value, out))
        copy(place, data, data.byteLength)
        check(api, api.run(session, null, [name], [value], 1, [output], 1, results))
        return read(api, copy, results[0] as Pointer)
      } finally {
        api.releaseValue(value)
        if (results[0] !== null) api.releaseValue(results[0])
      }
    },
  }
}

/** Type and shape; type 0 where it is no tensor. */
function described(api: Api, info: Pointer): Omit<TensorInfo, 'name'> {
  try {
    const tensor = given(api, (out) => api.castTypeInfoToTensorInfo(info, out)) as Pointer | null
    return tensor === null ? { type: 0, shape: [] } : shapeOf(api, tensor)
  } finally {
    api.releaseTypeInfo(info)
  }
}

function shapeOf(api: Api, info: Pointer): Omit<TensorInfo, 'name'> {
  const dims = new BigInt64Array(count(api, (out) => api.getDimensionsCount(info, out)))
  check(api, api.getDimensions(info, dims, dims.length))
  return { type: count(api, (out) => api.getTensorElementType(info, out)), shape: Array.from(dims, Number) }
}

function read(api: Api, copy: Copy, value: Pointer): Tensor {
  const info = given(api, (out) => api.getTensorTypeAndShape(value, out))
  let found: Omit<TensorInfo, 'name'>
  try {
    found = shapeOf(api, info)
  } finally {
    api.releaseTensorTypeAndShapeInfo(info)
  }
  const { type, shape } = found
  if (type !== FLOAT) throw new Error(`the output is of element type ${type} and not of 32-bit floats`)
  const length = shape.reduce((product, one) => product * one, 1)
  if (length > MOST_VALUES) throw new Error(`the output has the shape ${shape.join('×')}, which is too large`)
  const place = given(api, (out) => api.getTensorMutableData(value, out))
  const data = new Float32Array(length)
  copy(data, place, data.byteLength)
  return { data, shape }
}
