import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TrackWriter, TrackWriters } from '#domains/media/ports.ts'
import type { Log } from '#kernel/log.ts'
import { freeUdpPair, keepReceiverAlive } from '#kernel/udp-ports.ts'
import { lastWords } from './arguments.ts'
import { commandOf } from './tools.ts'
import type { ToolFinder } from './tools.ts'

const END_MS = 4_000
const STDERR_CHARS = 4_096

/**
 * ffmpeg as a recorder: RTP in, Matroska out, packets as they are. Each packet carries the time of its arrival, so that
 * gaps stay gaps and files of different tracks can be laid beside each other. A cluster is closed every half second:
 * that much a kill loses.
 */
const RECEIVE = '-protocol_whitelist pipe,udp,rtp -analyzeduration 3000000 -probesize 1000000 -max_delay 100000'
const WRITE = '-map 0 -c copy -copyts -f matroska -cluster_time_limit 500 -flush_packets 1'

/** Writers over ffmpeg processes, ended with us. */
export function createTrackWriters(tools: ToolFinder, log: Log): TrackWriters {
  return {
    open: async (path) => {
      const found = await tools.find()
      const port = await freeUdpPair()
      let ended: Promise<void> | undefined
      let stop = (): void => {}
      const writer: TrackWriter = {
        port,
        begin: (sdp, onLost) => {
          const { program, before } = commandOf(found, found.ffmpeg, { live: true })
          const args = `-hide_banner -loglevel error -use_wallclock_as_timestamps 1 ${RECEIVE} -f sdp -i pipe:0 ${WRITE}`
          const child = spawn(program, [...before, ...args.split(' '), `file:${path}`], {
            stdio: ['pipe', 'ignore', 'pipe'],
          })
          let said = ''
          child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-STDERR_CHARS)))
          // It may be gone before it read everything; its end says so.
          child.stdin.on('error', () => {})
          child.stdin.end(sdp)
          let isWanted = true
          const stopKeeping = keepReceiverAlive(port + 1)
          ended = once(child, 'close').then(
            () => {
              stopKeeping()
              if (!isWanted) return
              log.warn({ path, said: lastWords(said) }, 'a track recorder ended by itself')
              onLost()
            },
            (error: unknown) => {
              stopKeeping()
              log.error({ err: error }, 'a track recorder did not start')
            },
          )
          stop = () => {
            isWanted = false
            child.kill('SIGINT')
            const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
            void ended?.then(() => clearTimeout(timer))
          }
        },
        end: async () => {
          stop()
          await ended
        },
      }
      return writer
    },
  }
}
