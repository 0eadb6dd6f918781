import type { AudioClassification } from '#contracts/schemas/model-contract.ts'
import { countSamples, readFloats, withFile } from '../pcm.ts'
import type { Begun, Classified } from '../protocol.ts'
import { checkDeclared, shapeText } from './declared.ts'
import type { Session } from './runtime.ts'
import { Scores } from './scores.ts'
import { normalise, shapeOf } from './sound-input.ts'

/**
 * A classifier of sound, held against its file: windows one after another in constant memory, their scores as one.
 * @throws Error that says what in the file is not as declared
 */
export function openClassifier(
  session: Session,
  { input, output }: AudioClassification,
): (work: Begun<{ input: string }>) => Promise<Classified> {
  const { labels, activation, aggregation } = output
  const length = input.pad === 'none' ? -1 : input.window
  const found = checkDeclared(session, { input: input.name, output: output.name, inputShape: shapeOf(input, length) })
  if (input.pad === 'none' && (found.input.shape.at(-1) ?? -1) >= 0) {
    throw new Error(
      `the input ${JSON.stringify(input.name)} is ${shapeText(found.input.shape)}, and it must take any length`,
    )
  }
  const classes = found.output.shape.at(-1)
  const isWrong = classes === undefined ? labels.length > 1 : classes >= 0 && classes !== labels.length
  if (isWrong) {
    throw new Error(
      `the output ${JSON.stringify(output.name)} is ${shapeText(found.output.shape)}, and the manifest names ${labels.length} labels`,
    )
  }

  return (work) =>
    withFile(work.input, 'r', async (file) => {
      const samples = await countSamples(file)
      if (samples === 0) throw new Error('there is no sound in it')
      const scores = new Scores(labels.length, activation, aggregation)
      for (const start of starts(samples, input)) {
        work.signal.throwIfAborted()
        const sound = await readFloats(file, start, Math.min(input.window, samples - start))
        const { data } = normalise(input, filled(sound, input))
        const answer = session.run({ name: input.name, data, shape: shapeOf(input, data.length) }, output.name)
        if (answer.data.length === 0 || answer.data.length % labels.length !== 0) {
          throw new Error(`it answered ${shapeText(answer.shape)}, which is not a score for each label`)
        }
        // More rows than one are scores of stretches of the window.
        for (let at = 0; at < answer.data.length; at += labels.length) {
          scores.add(answer.data.subarray(at, at + labels.length))
        }
      }
      const result = scores.result()
      return { scores: labels.map((label, at) => ({ label, score: result[at] ?? 0 })) }
    })
}

/** Where windows begin: the last one ends with the sound, so that only sound shorter than a window is filled up. */
function* starts(samples: number, { window, hop }: AudioClassification['input']): Generator<number> {
  for (let start = 0; start + window < samples; start += hop) yield start
  yield Math.max(0, samples - window)
}

/** A window that is full, as the contract fills it. */
function filled(sound: Float32Array, { window, pad }: AudioClassification['input']): Float32Array {
  if (sound.length === window || pad === 'none') return sound
  if (pad === 'repeat') return Float32Array.from({ length: window }, (_, at) => sound[at % sound.length] ?? 0)
  const full = new Float32Array(window)
  full.set(sound)
  return full
}
