import type { Page } from 'playwright-core'
import { type Answer, type Screen, failed, ok } from '../../app/screen.ts'
import { bare, checked, mixed, nodes, said, speechLike, tokens } from './screens-data.ts'

const models = (list: readonly object[]) => ({ 'GET /api/v1/models': ok({ models: list, count: list.length }) })
const ordinary = ok({ user_id: 2, username: 'zhiyuan', nickname: '歐陽致遠', role: 'user', avatar_url: '', email: '' })
const machines = (list: readonly object[]) => ({
  'GET /api/v1/nodes': ok({ nodes, count: nodes.length }),
  'GET /api/v1/nodes/tokens': ok({ tokens: list, count: list.length }),
})
const link = (name: string): Answer =>
  ok({ url: `/files/after/${name}?until=1&sign=x`, expires_at: '2026-11-20T03:00:00Z' })
const never: Answer = { never: true, body: null }

/** Hands the page a sound, and has it send it. */
async function send(page: Page): Promise<void> {
  await pick(page)
  await page.locator('section[aria-labelledby=ai-use]').getByRole('button').filter({ visible: true }).last().click()
}

async function pick(page: Page): Promise<void> {
  const file = { name: '週會錄音 2026-11-20.wav', mimeType: 'audio/wav', buffer: speechLike(1) }
  await page.route('**/files/after/**', (route) => route.fulfill({ contentType: 'audio/wav', body: speechLike(0.05) }))
  await page.locator('section[aria-labelledby=ai-use] input[type=file]').setInputFiles(file)
  await page.getByRole('group', { name: file.name }).waitFor()
  // Drawn once it has been listened to.
  await page.locator('path[d^="M1.5 "]').first().waitFor({ state: 'attached' })
}

export const screens: readonly Screen[] = [
  { name: 'try', path: '/ai', answers: models(bare) },
  { name: 'try-file', path: '/ai', answers: models(mixed), prepare: pick },
  {
    name: 'try-denoised',
    path: '/ai',
    answers: {
      ...models(mixed),
      'POST /api/v1/audio/denoising': ok({
        file_id: 'after1',
        file_url: '/api/v1/media/download/after1',
        noise_reduction_db: 17.42,
        processing_time: 0.38,
        duration: 8,
        wet_share: 0.86,
        model: 'rnnoise',
      }),
      'POST /api/v1/media/after1/link': link('after.wav'),
    },
    prepare: async (page) => {
      await send(page)
      await page.locator('path[d^="M1.5 "]').nth(3).waitFor({ state: 'attached' })
    },
  },
  {
    name: 'try-busy',
    path: '/ai',
    answers: { ...models(mixed), 'POST /api/v1/audio/denoising': never },
    prepare: send,
  },
  {
    name: 'try-refused',
    path: '/ai',
    answers: { ...models(mixed), 'POST /api/v1/audio/denoising': failed(400, '请求错误: 无法读取音频 (no sound)') },
    prepare: async (page) => {
      await send(page)
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'needs-model', path: '/ai?use=recognise', answers: models(bare), until: 'SenseVoice Small (int8)' },
  {
    name: 'needs-model-ordinary',
    path: '/ai?use=synthetic',
    answers: { ...models(bare), 'GET /api/v1/users/profile': ordinary },
    until: 'AASIST',
  },
  {
    name: 'transcript',
    path: '/ai?use=recognise',
    answers: { ...models(mixed), 'POST /api/v1/speech/recognition': ok(said) },
    prepare: async (page) => {
      await send(page)
      await page.getByRole('button', { name: said.segments[1]?.text ?? '' }).click()
    },
  },
  {
    name: 'emotion',
    path: '/ai?use=emotion',
    answers: {
      ...models(mixed.map((one) => ('type' in one && one.type === 'emotion' ? { ...one, state: 'installed' } : one))),
      'POST /api/v1/speech/emotion': ok({
        emotion: 'happy',
        confidence: 0.614,
        details: { angry: 0.021, disgust: 0.008, fear: 0.012, happy: 0.614, neutral: 0.297, sad: 0.048 },
        processing_time: 0.4,
        model: 'speech-emotion-wav2vec2',
      }),
    },
    prepare: async (page) => {
      await send(page)
      await page.getByText('61.4').waitFor()
    },
  },
  {
    name: 'synthetic',
    path: '/ai?use=synthetic',
    answers: {
      ...models(
        mixed.map((one) =>
          'type' in one && one.type === 'synthesis-detection' ? { ...one, state: 'installed' } : one,
        ),
      ),
      'POST /api/v1/speech/synthesis-detection': ok({
        is_synthetic: true,
        confidence: 0.871,
        score: 0.871,
        threshold: 0.5,
        processing_time: 0.4,
        model: 'aasist',
      }),
    },
    prepare: async (page) => {
      await send(page)
      await page.getByText('0.871').waitFor()
    },
  },
  { name: 'film', path: '/ai?use=film', answers: models(mixed) },
  {
    name: 'film-job',
    path: '/ai?use=film&job=7',
    answers: {
      ...models(mixed),
      'GET /api/v1/video/enhancement/7': ok({
        job_id: '7',
        status: 'processing',
        progress: 41.7,
        method: 'vidstab',
        output_file_id: null,
        error: null,
      }),
    },
  },
  { name: 'models', path: '/ai/models', answers: models(mixed), until: 'Swin2SR' },
  { name: 'models-bare', path: '/ai/models', answers: models(bare), until: 'Swin2SR' },
  {
    name: 'models-ordinary',
    path: '/ai/models?model=whisper-small',
    answers: { ...models(mixed), 'GET /api/v1/users/profile': ordinary },
    until: 'Swin2SR',
  },
  { name: 'models-loading', path: '/ai/models', answers: { 'GET /api/v1/models': never } },
  { name: 'models-failed', path: '/ai/models', answers: { 'GET /api/v1/models': failed(500, '服务器错误') } },
  {
    name: 'models-remove',
    path: '/ai/models',
    answers: models(mixed),
    until: 'Swin2SR',
    prepare: async (page) => {
      await page.getByRole('listitem', { name: 'SenseVoice' }).getByRole('button').last().click()
      await page.getByRole('menuitem').last().click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'import',
    path: '/ai/models',
    answers: models(mixed),
    until: 'Swin2SR',
    prepare: async (page) => {
      await page.locator('header').last().getByRole('button').click()
      await page.getByRole('dialog').locator('summary').click()
    },
  },
  { name: 'nodes', path: '/ai/nodes', answers: machines(tokens), until: 'Mac mini' },
  {
    name: 'nodes-checked',
    path: '/ai/nodes',
    answers: { ...machines([]), 'POST /api/v1/nodes/local/health-check': ok(checked) },
    until: 'confab-taipei',
    prepare: async (page) => {
      await page.getByRole('region', { name: 'confab-taipei' }).getByRole('button').click()
      await page.getByText('ffmpeg').waitFor()
    },
  },
  {
    name: 'nodes-add',
    path: '/ai/nodes',
    answers: machines([]),
    until: 'confab-taipei',
    prepare: async (page) => {
      await page.locator('header').last().getByRole('button').click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'nodes-token',
    path: '/ai/nodes',
    answers: {
      ...machines([]),
      'POST /api/v1/nodes/tokens': ok({ ...tokens[1], token: 'cnt_4fT9wZ1qLk2Xo8sVb7Jr5mYd3Hc6Gp0A' }),
    },
    until: 'confab-taipei',
    prepare: async (page) => {
      await page.getByRole('main').getByRole('button').last().click()
      await page.getByRole('dialog').getByRole('textbox').fill('新買的 Mac mini')
      await page.getByRole('dialog').getByRole('textbox').press('Enter')
      await page.getByText('cnt_4f').first().waitFor()
    },
  },
]
