import type { Fault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Speech } from './mount.ts'

const mib = (bytes: unknown): string => `${Math.floor(Number(bytes) / 1024 / 1024)}MB`
const failedUpload = (why: string, status = 400): Words => ({ status, code: 3001, message: `上传失败: ${why}` })

/** Document 5's words for what goes wrong with files and their jobs. */
export const MEDIA_WORDS: NonNullable<Speech['words']> = {
  'media.missing': { status: 404, code: 3002, message: '文件不存在' },
  'media.forbidden': { status: 403, message: '无权限: 这不是您的文件' },
  'media.not-you': { status: 403, message: '无权限: user_id 与登录用户不符' },
  'media.link-invalid': { status: 403, message: '链接无效或已过期' },
  'media.range': { status: 416, message: '请求的范围超出文件' },
  'media.upload-missing': failedUpload('缺少 file 字段'),
  'media.empty': failedUpload('文件为空'),
  'media.unsupported': (fault: Fault) => failedUpload(`不支持的文件类型 (${String(fault.data['what'])})`),
  'media.damaged': (fault: Fault) => failedUpload(`文件已损坏或无法读取 (${String(fault.data['why'])})`),
  'media.too-large': (fault: Fault) => failedUpload(`文件过大，此类文件最大${mib(fault.data['most'])}`, 413),
  'media.over-quota': (fault: Fault) => failedUpload(`存储空间不足，每个账号最多${mib(fault.data['quota'])}`, 413),
  'media.disk-full': failedUpload('服务器磁盘空间不足'),
  'meetings.missing': { status: 404, code: 2001, message: '会议不存在' },
}

/** How the routes of the library speak. */
export const mediaSpeech: Speech = { words: MEDIA_WORDS }

/** An upload that breaks off or is no form is a failed upload. */
export const uploadSpeech: Speech = {
  words: {
    ...MEDIA_WORDS,
    'request.too-large': failedUpload('文件过大', 413),
    'request.invalid': failedUpload('请求格式错误'),
  },
}

/** Files by link answer in plain English, like every route of no family. */
export const linkSpeech: Speech = {
  words: {
    'media.range': { status: 416, message: 'The range lies outside the file.' },
    'media.link-invalid': { status: 403, message: 'This link is not valid or no longer valid.' },
  },
}
