import type { Readable, Writable } from 'node:stream'
import type { FileKind, MediaInfo } from './media-file.ts'
import type { Scene } from './scene/scene.ts'

/** Bytes that have arrived and are on disk, not yet kept. */
export interface Received {
  readonly size: number
  /** Where a probe can read them. */
  readonly path: string
  /** Makes them a kept file under a new key, durably. */
  keep(): Promise<string>
  /** Forgets them; after `keep` it does nothing. */
  discard(): Promise<void>
}

/** A folder of its own for one piece of work. */
export interface Scratch {
  readonly folder: string
  remove(): Promise<void>
}

/** A kept file, open. Either call ends it. */
export interface StoredFile {
  stream(): Readable
  /** Writes bytes `start` to `end` (inclusive) into `sink`, which stays open. @throws Error when the sink closes before */
  sendTo(sink: Writable, range: { start: number; end: number }): Promise<void>
  close(): Promise<void>
}

/** Where the bytes are kept: a data directory; later an object store. */
export interface Storage {
  /** Ready to take files; clears away what an earlier process left unfinished. */
  start(): Promise<void>
  /**
   * Streams to disk. `limitFor` sees the first bytes and says how many there may be; it may throw to refuse.
   * @throws Fault `media.disk-full`; what `limitFor` and `onTooLarge` throw
   */
  receive(
    source: AsyncIterable<Buffer>,
    options: { limitFor(head: Buffer): Promise<number>; onTooLarge(): Error },
  ): Promise<Received>
  /** Takes over a file that was made in a scratch folder; durable when it returns. */
  adopt(path: string): Promise<string>
  /** Undefined when it is gone. */
  open(key: string): Promise<StoredFile | undefined>
  /** Bytes of a kept file; undefined when it is gone. */
  sizeOf(key: string): Promise<number | undefined>
  /** A path under which a kept file can be read by a program. */
  pathOf(key: string): string
  remove(key: string): Promise<void>
  scratch(): Promise<Scratch>
  /** A folder that stays over restarts until it is removed: the tracks of one recording. @throws Fault `media.disk-full` */
  workshop(name: string): Promise<Scratch>
  /** Removes a workshop, also where the disk is full. */
  removeWorkshop(name: string): Promise<void>
  /** @throws Fault `media.disk-full` when too little is left to go on */
  demandRoom(): Promise<void>
  /** Removes kept files older than an hour of which `isKnown` knows nothing; returns how many. */
  sweep(areKnown: (keys: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number>
}

/** What the bytes say of themselves. */
export interface Sniffed {
  readonly mime: string
  readonly kind: FileKind
  readonly extension: string
}

/** Tells a file's type by its content. */
export interface Sniffer {
  /** Of the first bytes: enough to choose a limit, not to believe it. */
  head(bytes: Buffer, name: string): Promise<FileKind | undefined>
  /** Of the whole file. @throws Fault `media.unsupported` */
  file(path: string, name: string): Promise<Sniffed>
}

/** Measures and shrinks pictures. */
export interface Pictures {
  /** @throws Fault `media.damaged`, also for pictures of absurd size */
  measure(path: string): Promise<{ width: number; height: number }>
  /** Writes a WebP that fits into 640 × 640. @throws Fault `media.damaged` */
  shrink(from: string, to: string): Promise<void>
}

/** Looks into containers. */
export interface Prober {
  /** Null where no probe is installed. @throws Fault `media.damaged` */
  probe(path: string, mime: string): Promise<MediaInfo | null>
}

/** What media asks of meetings. */
export interface MeetingAccess {
  /** The meetings an account took part in or made. */
  attended(accountId: number): Promise<number[]>
  /** Whether it is one of them. */
  attends(accountId: number, meetingId: number): Promise<boolean>
}

/** One run of ffmpeg: files in, one file out. */
export interface FfmpegWork {
  readonly inputs: readonly { readonly path: string; readonly options?: readonly string[] }[]
  /** What is between the inputs and the output. */
  readonly options: readonly string[]
  readonly output: string
  /** The run fails when the output grows beyond. */
  readonly mostBytes: number
  /** Seconds of output that are expected, for `onProgress`; null: unknown. */
  readonly duration: number | null
  /** Short, and somebody looks at the place where it will be: it is not put off when the machine is busy. */
  readonly isAwaited?: boolean
  readonly signal: AbortSignal
  /** 0 to 100, from ffmpeg's own report. */
  readonly onProgress?: (percent: number) => void
}

/** Converts sound and pictures in child processes. */
export interface Ffmpeg {
  /** @throws Fault `media.ffmpeg-missing` */
  features(): Promise<{ readonly version: string; readonly encoders: ReadonlySet<string> }>
  /**
   * Resolves when the output is there. The child ends with the signal.
   * @throws Fault `media.ffmpeg-missing`, `media.conversion-failed` (with ffmpeg's last words), `media.output-too-large`,
   * `media.disk-full`, `media.conversion-killed` (worth another try)
   */
  run(work: FfmpegWork): Promise<void>
}

/** Writes one track of plain RTP into a file, as it comes, without transcoding. */
export interface TrackWriter {
  /** Where the RTP is to be sent, on loopback; its reports one port above. */
  readonly port: number
  /** Begins to receive what `sdp` describes; `onLost` when it ends though nobody ended it. */
  begin(sdp: string, onLost: () => void): void
  /** Finishes the file; resolves when nothing writes to it any more. */
  end(): Promise<void>
}

/** Makes writers, each a supervised process of its own. */
export interface TrackWriters {
  /** What is in `path` at any moment can be read up to a second before. @throws Fault `media.ffmpeg-missing` */
  open(path: string): Promise<TrackWriter>
}

/** Where a live stream goes. */
export type LiveOutput =
  | { readonly type: 'hls'; readonly folder: string }
  | {
      readonly type: 'rtmp'
      readonly url: string
      /** Whether the address may be in a private network. */
      readonly allowPrivate: boolean
    }

/** How a live stream does, told every second. */
export interface LiveNumbers {
  readonly status: 'starting' | 'live' | 'reconnecting' | 'failed'
  /** Bits per second that left us in the last seconds. */
  readonly bitrate: number
  readonly frameRate: number
  readonly droppedFrames: number
  readonly reconnects: number
  /** What keeps it from being live. */
  readonly error: string | null
}

/** A live picture being composed and sent, in a process of its own. */
export interface Broadcast {
  /** A track that may be shown or heard from now on. */
  add(id: string, kind: 'audio' | 'video'): void
  remove(id: string): void
  show(scene: Scene): void
  /** Lets what is under way arrive. */
  end(): Promise<void>
}

/** What a broadcast asks, and tells. */
export interface BroadcastEvents {
  /** RTP of a track to a port of loopback; `height`: no more lines than these are of use (0: of sound). Null: there is none. */
  feed(id: string, target: { port: number; height: number }): Promise<{ sdp: string; end(): void } | null>
  keyFrame(id: string): void
  numbers(numbers: LiveNumbers): void
  /** It ended, though nobody asked it to. */
  died(reason: string): void
}

/** Composes live pictures. */
export interface Broadcasts {
  /** @throws Fault `media.ffmpeg-missing`, `media.encoder-missing` */
  open(
    options: { width: number; height: number; videoBitrate: number; output: LiveOutput },
    on: BroadcastEvents,
  ): Promise<Broadcast>
}

/** A film made of tracks that lie in files. */
export interface FilmWork {
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly pictures: readonly {
    readonly input: string
    readonly path: string
    /** The largest it is shown in. */
    readonly width: number
    readonly height: number
    readonly firstFrame: number
  }[]
  /** What is seen from which frame on, in order. */
  readonly scenes: readonly { readonly fromFrame: number; readonly scene: Scene }[]
  readonly sounds: readonly { readonly path: string; readonly options: readonly string[] }[]
  /** Behind the inputs; the picture is input 0, the sounds follow. */
  readonly options: readonly string[]
  readonly output: string
  readonly mostBytes: number
  readonly signal: AbortSignal
  readonly onProgress: (percent: number) => void
}

/** Makes films, in processes of their own. */
export interface Films {
  /** Pictures per second. */
  readonly frameRate: number
  /** @throws the faults of `Ffmpeg.run` */
  make(work: FilmWork): Promise<void>
}
