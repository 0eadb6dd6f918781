import type { Fault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import { MEDIA_WORDS } from './media-words.ts'
import type { Speech } from './mount.ts'

const off = (why: string): Words => ({ status: 503, code: 4001, message: `AI服务不可用: ${why}` })
const bad = (why: string, status = 400): Words => ({ status, message: `请求错误: ${why}` })
const said = (fault: Fault, name: string): string => String(fault.data[name])

const TASKS: Readonly<Record<string, string>> = {
  'speech-recognition': '语音识别',
  emotion: '情绪检测',
  'synthesis-detection': '合成检测',
}

function noModel(fault: Fault): Words {
  const task = TASKS[said(fault, 'task')] ?? said(fault, 'task')
  const ids = (fault.data['suggestions'] as readonly string[]).join(', ')
  const service = fault.data['task'] === 'speech-recognition' ? '设置 CONFAB_STT_URL，或' : ''
  return off(`未安装${task}模型，请${service}安装其中之一: ${ids}`)
}

/** Document 5's words for what goes wrong with models, nodes and what they work on. */
export const AI_WORDS: NonNullable<Speech['words']> = {
  ...MEDIA_WORDS,
  'ai.no-model': noModel,
  'ai.not-installed': (fault) => off(`模型 ${said(fault, 'id')} 未安装，请先安装`),
  'ai.no-engine': (fault) =>
    off(
      `模型 ${said(fault, 'id')} 需要的引擎 ${said(fault, 'engine')} 未安装，请在程序目录运行 npm install --include=optional`,
    ),
  'ai.no-contract': (fault) => off(`模型 ${said(fault, 'id')} 的清单没有声明输入和输出 (contract)`),
  'ai.model-failed': (fault) => off(`模型运行失败 (${said(fault, 'reason')})`),
  'ai.stt-failed': (fault) => off(`语音识别服务失败 (${said(fault, 'why')})`),
  'ai.timed-out': off('模型处理超时'),
  'ai.busy': { status: 429, message: '请求过多' },
  'ai.wrong-task': (fault) => bad(`模型 ${said(fault, 'id')} 不适用于此任务`),
  'ai.model-missing': { status: 404, message: '模型不存在' },
  'ai.node-taken': (fault) => ({ status: 409, message: `节点 ${said(fault, 'id')} 已存在` }),
  'ai.node-token': { status: 401, message: '节点令牌无效' },
  'ai.node-fixed': (fault) => ({ status: 409, message: `节点 ${said(fault, 'id')} 由服务器设置决定` }),
  'ai.node-token-missing': { status: 404, message: '节点令牌不存在' },
  'ai.no-node': (fault) => off(`没有可用于模型 ${said(fault, 'model')} 的在线节点`),
  'ai.node-failed': (fault) => off(`节点 ${said(fault, 'id')} 失败 (${said(fault, 'why')})`),
  'ai.node-missing': { status: 404, message: '节点不存在' },
  'ai.job-missing': { status: 404, message: '任务不存在' },
  'ai.job-over': { status: 409, message: '任务已结束' },
  'ai.import-missing': { status: 404, message: '要导入的文件夹不存在' },
  'ai.installed': { status: 409, message: '模型已安装' },
  'ai.manifest': (fault) => bad(`模型清单无效 (${said(fault, 'why')})`),
  'ai.not-pullable': (fault) => ({ status: 409, message: `模型 ${said(fault, 'id')} 没有下载地址，请导入` }),
  'ai.occupied': (fault) => ({ status: 409, message: `另一进程正在处理模型 ${said(fault, 'id')}` }),
  'ai.built-in': (fault) => ({ status: 409, message: `模型 ${said(fault, 'id')} 是内置的` }),
  'ai.archive': (fault) => bad(`无法读取压缩包 (${said(fault, 'why')})`),
  'ai.archive-missing': bad('缺少 archive 字段'),
  'ai.audio-unreadable': (fault) => bad(`无法读取音频 (${said(fault, 'why')})`),
  'ai.audio-too-long': (fault) => bad(`音频超过${said(fault, 'minutes')}分钟`, 413),
  'ai.no-picture': bad('文件中没有视频画面'),
  'ai.video-missing': bad('缺少 file_id 或 video 字段'),
  'outbound.refused': (fault) => bad(`不允许的地址 (${said(fault, 'why')})`),
  'outbound.failed': (fault) => bad(`无法获取该地址 (${said(fault, 'why')})`),
  'outbound.timed-out': bad('获取该地址超时'),
  'outbound.too-large': bad('该地址的内容过大', 413),
  'media.ffmpeg-missing': off('服务器未安装 ffmpeg'),
  'media.conversion-failed': (fault) => bad(`无法处理 (${said(fault, 'why')})`),
  'media.conversion-killed': off('处理被中断'),
}

/** How these routes speak. */
export const aiSpeech: Speech = { words: AI_WORDS }
