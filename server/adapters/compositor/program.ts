import { commandOf } from '#adapters/ffmpeg/tools.ts'
import type { ToolFinder, Tools } from '#adapters/ffmpeg/tools.ts'
import { Fault } from '#kernel/fault.ts'
import type { Program } from '#workers/compositor/protocol.ts'

/** ffmpeg as the composing process starts it; what is `live` is not put off. @throws Fault `media.ffmpeg-missing` */
export async function programOf(tools: ToolFinder, options: { live: boolean }): Promise<Program> {
  const found = await tools.find()
  return { ...commandOf(found, found.ffmpeg, options), asTheyCome: asTheyCome(found) }
}

/** `-vsync` was called so until 5.1 and is going away. */
function asTheyCome({ version }: Tools): string[] {
  const [, major = '9', minor = '0'] = /^n?(\d+)\.(\d+)/.exec(version) ?? []
  const isOld = Number(major) < 5 || (major === '5' && minor === '0')
  return [isOld ? '-vsync' : '-fps_mode', 'passthrough']
}

/** @throws Fault `media.encoder-missing` */
export async function demandEncoder(tools: ToolFinder, encoder: string): Promise<void> {
  const { encoders } = await tools.find()
  if (encoders.has(encoder)) return
  throw new Fault('invalid', 'media.encoder-missing', `This server’s ffmpeg has no ${encoder}`, {
    data: { codec: encoder, able: [] },
  })
}
