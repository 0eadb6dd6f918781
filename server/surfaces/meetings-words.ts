import { Fault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Speech } from './mount.ts'

const forbidden = (message: string): Words => ({ status: 403, message })

/** Document 5's words for what goes wrong with meetings. */
export const MEETING_WORDS: NonNullable<Speech['words']> = {
  'meetings.missing': { status: 404, code: 2001, message: '会议不存在' },
  'meetings.ended': { status: 400, code: 2002, message: '会议已结束' },
  'meetings.full': { status: 403, code: 2003, message: '会议已满' },
  'meetings.wrong-password': { status: 403, code: 2004, message: '密码错误' },
  'meetings.too-many-guesses': { status: 429, message: '密码错误次数过多，请稍后再试' },
  'meetings.account-missing': { status: 404, code: 1003, message: '用户不存在' },
  'meetings.member-missing': { status: 404, code: 1003, message: '该用户不在会议中' },
  'meetings.peer-missing': { status: 404, message: '对等端不存在' },
  'meetings.session-missing': { status: 404, message: '会话不存在' },
  'meetings.forbidden': forbidden('无权限'),
  'meetings.locked': forbidden('会议已锁定'),
  'meetings.removed': forbidden('您已被移出会议'),
  'meetings.denied': forbidden('主持人未允许您加入，请稍后再试'),
  'meetings.chat-off': forbidden('会议已关闭聊天'),
  'meetings.recording-off': forbidden('会议未开启录制'),
  'meetings.screen-off': forbidden('会议未开启屏幕共享'),
  'meetings.video-off': forbidden('音频会议不能开启视频'),
  'meetings.recording-unavailable': { status: 503, message: '服务不可用: 此服务器尚未启用录制' },
  'meetings.times-crossed': { status: 400, message: '请求错误: end_time 必须晚于 start_time' },
  'meetings.status-fixed': { status: 400, message: '请求错误: status 只能改为 cancelled' },
  'meetings.bad-time': (fault: Fault) => ({
    status: 400,
    message: `请求错误: ${String(fault.data['field'])} 不是有效的时间`,
  }),
  'media.already-recording': { status: 409, message: '会议正在录制中' },
  'media.not-recording': { status: 409, message: '会议未在录制' },
  'media.still-recording': { status: 409, message: '请先停止录制' },
  'media.recording-missing': { status: 404, message: '录制不存在' },
  'media.ffmpeg-missing': { status: 503, message: '服务不可用: 服务器未安装 ffmpeg，无法录制' },
  'media.disk-full': { status: 503, message: '服务不可用: 服务器磁盘空间不足' },
  'media.unavailable': { status: 503, message: '服务不可用: 媒体服务没有响应' },
}

/** How the routes of meetings speak. */
export const meetingSpeech: Speech = { words: MEETING_WORDS }

/**
 * A time as requests carry it: ISO 8601, UTC where no offset is given.
 * @throws Fault `meetings.bad-time` for a day or hour that does not exist
 */
export function parseTime(text: string, field: string): Date {
  const withZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || text.length === 10 ? text : `${text}Z`
  const time = new Date(withZone.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
  const day = Number(text.slice(8, 10))
  // `Date` takes 31 February for 3 March.
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
  if (Number.isNaN(time.getTime()) || day > lastDay || time.getUTCFullYear() < 1) {
    throw new Fault('invalid', 'meetings.bad-time', `${field} is not a time`, { data: { field } })
  }
  return time
}
