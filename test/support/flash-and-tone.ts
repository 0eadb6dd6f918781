import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ON = 'between(mod(t,2),1,1.4)'

/**
 * Makes a track of two pieces as a recording's writer leaves it, each packet with the machine's time of its arrival: a
 * flash, or a tone, at 1, 3, 5 … seconds, the second piece after the gap.
 */
export function makeFlashAndTone(
  path: string,
  track: {
    kind: 'audio' | 'video'
    /** Seconds of each piece, between them, and of the clock when the first begins. */
    piece: number
    gap: number
    epoch: number
    /** When the track begins, in seconds after the others. */
    late?: number
  },
): void {
  const { kind, piece, gap, epoch, late = 0 } = track
  const jump = `'PTS+(gte(T,${piece})*${gap}+${epoch})/TB'`
  const input =
    kind === 'video'
      ? `color=black:s=320x180:r=25:d=${2 * piece},drawbox=t=fill:color=white:enable='${ON}',trim=start=${late},setpts=${jump}`
      : `aevalsrc='if(${ON},sin(2*PI*880*t)*0.5,0)':s=48000:d=${2 * piece},asetnsamples=960,atrim=start=${late},asetpts=${jump}`
  const codec =
    kind === 'video'
      ? '-c:v libvpx -deadline realtime -cpu-used 8 -g 25 -b:v 300k -vsync passthrough'
      : '-c:a libopus -b:a 48k -frame_duration 20'
  const output = ['-copyts', '-f', 'matroska', '-cluster_time_limit', '500', path]
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', input, ...codec.split(' '), ...output])
}

/** When the picture turns white around `x`, `y`, in seconds, by ffmpeg's own measuring of brightness. */
export function flashTimes(path: string, { x = 150, y = 165 } = {}): number[] {
  const out = join(tmpdir(), `brightness-${randomUUID()}.txt`)
  const filter = `crop=32:32:${x}:${y},signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=${out}`
  execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-vf', filter, '-an', '-f', 'null', '-'])
  const values = readFileSync(out, 'utf8').matchAll(/pts_time:([\d.]+)\s+\S+YAVG=([\d.]+)/g)
  const flashes = edges([...values].map(([, time, value]) => ({ time: Number(time), isOn: Number(value) > 120 })))
  rmSync(out)
  return flashes
}

const RATE = 8000

/** When the tone begins, in seconds, from the samples. */
export function toneTimes(path: string): number[] {
  const pcm = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', path, '-vn', '-ac', '1', '-ar', String(RATE), '-f', 's16le', 'pipe:1'],
    { maxBuffer: 1024 ** 3 },
  )
  const step = RATE / 100
  const levels: { time: number; isOn: boolean }[] = []
  for (let at = 0; at + step <= pcm.length / 2; at += step) {
    let peak = 0
    for (let i = 0; i < step; i++) peak = Math.max(peak, Math.abs(pcm.readInt16LE((at + i) * 2)))
    levels.push({ time: at / RATE, isOn: peak > 4000 })
  }
  return edges(levels)
}

function edges(values: readonly { time: number; isOn: boolean }[]): number[] {
  return values.flatMap((one, i) => (one.isOn && i > 0 && values[i - 1]?.isOn === false ? [one.time] : []))
}
