import type { Fault } from '#kernel/fault.ts'
import { MEDIA_WORDS } from './media-words.ts'
import type { Speech } from './mount.ts'

const able = (fault: Fault): string => (fault.data['able'] as readonly string[]).join(', ')

/** How the routes of conversions speak. */
export const conversionSpeech: Speech = {
  words: {
    ...MEDIA_WORDS,
    'media.impossible': (fault: Fault) => ({
      status: 400,
      message: `请求错误: ${String(fault.data['format'])} 不支持 ${String(fault.data['codec'])}，可用: ${able(fault)}`,
    }),
    'media.encoder-missing': (fault: Fault) => ({
      status: 400,
      message: `请求错误: 服务器的 ffmpeg 无法生成 ${String(fault.data['codec'])}，可用: ${able(fault)}`,
    }),
    'media.no-picture': { status: 400, message: '请求错误: 文件中没有视频画面' },
    'media.no-sound': { status: 400, message: '请求错误: 文件中没有声音' },
    'media.no-duration': { status: 400, message: '请求错误: 无法确定文件时长' },
    'media.beyond-end': (fault: Fault) => ({
      status: 400,
      message: `请求错误: timestamp 超出视频时长 (${String(fault.data['duration'])} 秒)`,
    }),
    'media.job-missing': { status: 404, message: '任务不存在' },
    'media.job-over': { status: 409, message: '任务已结束' },
    'media.job-running': { status: 409, message: '只有失败或已取消的任务可以重试' },
    'media.too-many-jobs': { status: 429, message: '等待中的任务过多，请稍后再试' },
    'media.ffmpeg-missing': {
      status: 503,
      message: '服务不可用: 服务器未安装 ffmpeg (apt-get install ffmpeg，或设置 CONFAB_FFMPEG 与 CONFAB_FFPROBE)',
    },
  },
}
