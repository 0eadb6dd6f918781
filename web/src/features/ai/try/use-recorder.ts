import { useEffect, useRef, useState } from 'react'
import { decode } from './peaks.ts'
import { wavOf } from './wav.ts'

/** Why there is no recording. */
type RecorderTrouble = 'insecure' | 'denied' | 'none' | 'failed'

/** What is too long is not tried out, it is uploaded. */
export const MOST_SECONDS = 300
const RATE = 48_000
const EVERY_MS = 80

interface Open {
  readonly stream: MediaStream
  readonly context: AudioContext
  readonly recorder: MediaRecorder
  readonly timer: ReturnType<typeof setInterval>
  isWanted: boolean
}

/** The microphone as it is, nothing taken away by the browser: how loud it is, and what came of it as a WAV file. */
export function useRecorder(onRecorded: (sound: Blob) => void) {
  const [phase, setPhase] = useState<'idle' | 'asking' | 'recording' | 'finishing'>('idle')
  const [trouble, setTrouble] = useState<RecorderTrouble | null>(null)
  const [level, setLevel] = useState(0)
  const [seconds, setSeconds] = useState(0)
  const open = useRef<Open>(null)
  const left = useRef(false)

  const close = () => {
    const was = open.current
    open.current = null
    if (was === null) return
    clearInterval(was.timer)
    for (const track of was.stream.getTracks()) track.stop()
    void was.context.close().catch(() => undefined)
  }
  const stop = (isWanted: boolean) => {
    if (open.current === null) return
    open.current.isWanted = isWanted
    open.current.recorder.stop()
  }
  useEffect(() => {
    left.current = false
    return () => {
      left.current = true
      close()
    }
  }, [])

  const start = async () => {
    setTrouble(null)
    if (!('mediaDevices' in navigator)) return setTrouble('insecure')
    setPhase('asking')
    try {
      const asIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
      const stream = await navigator.mediaDevices.getUserMedia({ audio: asIs })
      if (left.current) {
        for (const track of stream.getTracks()) track.stop()
        return
      }
      const parts: Blob[] = []
      const recorder = new MediaRecorder(stream)
      const context = new AudioContext()
      const analyser = context.createAnalyser()
      analyser.fftSize = 1024
      context.createMediaStreamSource(stream).connect(analyser)
      const samples = new Float32Array(analyser.fftSize)
      const began = performance.now()
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples)
        // Falls slower than it rises, as eyes like it.
        setLevel((before) => Math.max(loudness(samples), before * 0.8))
        const so = (performance.now() - began) / 1000
        setSeconds(so)
        if (so >= MOST_SECONDS) stop(true)
      }, EVERY_MS)
      const mine: Open = { stream, context, recorder, timer, isWanted: false }
      open.current = mine
      recorder.addEventListener('dataavailable', ({ data }) => parts.push(data))
      recorder.addEventListener('stop', () => {
        close()
        setLevel(0)
        setSeconds(0)
        if (left.current || !mine.isWanted) return setPhase('idle')
        setPhase('finishing')
        // What browsers record does not say how long it is; decoded and written anew it does.
        decode(new Blob(parts, { type: recorder.mimeType }), RATE)
          .then((sound) => left.current || onRecorded(wavOf(sound.getChannelData(0), RATE)))
          .catch(() => setTrouble('failed'))
          .finally(() => setPhase('idle'))
      })
      recorder.start()
      setPhase('recording')
    } catch (error) {
      close()
      setPhase('idle')
      const { name } = error as DOMException
      setTrouble(name === 'NotAllowedError' ? 'denied' : name === 'NotFoundError' ? 'none' : 'failed')
    }
  }
  return { phase, trouble, level, seconds, start, finish: () => stop(true), discard: () => stop(false) }
}

/** As people hear it: 0 at -60 dB and below, 1 at -12 dB. */
function loudness(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const rms = Math.sqrt(sum / samples.length)
  return rms <= 0 ? 0 : Math.min(1, Math.max(0, (20 * Math.log10(rms) + 60) / 48))
}
