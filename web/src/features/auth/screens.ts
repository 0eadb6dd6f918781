import { type Screen, failed, ok } from '../../app/screen.ts'

export const screens: readonly Screen[] = [
  { name: 'sign-in', path: '/sign-in', signedOut: true },
  {
    name: 'sign-in-wrong',
    path: '/sign-in?why=expired&next=%2Faccount',
    signedOut: true,
    answers: { 'POST /api/v1/auth/login': failed(401, '用户名或密码错误', 1004) },
    prepare: async (page) => {
      await page.locator('input[autocomplete=username]').fill('yijun')
      await page.locator('input[autocomplete=current-password]').fill('not-this-one')
      await page.locator('button[type=submit]').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'sign-up',
    path: '/sign-up',
    signedOut: true,
    answers: { 'POST /api/v1/auth/register': failed(400, '用户名已存在', 1001) },
    prepare: async (page) => {
      await page.locator('input[autocomplete=name]').fill('歐陽致遠')
      await page.locator('input[autocomplete=username]').fill('ouyang')
      await page.locator('input[autocomplete=email]').fill('ouyang@example.com.tw')
      await page.locator('input[autocomplete=new-password]').fill('correct horse')
      await page.locator('button[type=submit]').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'forgot-password',
    path: '/forgot-password',
    signedOut: true,
    answers: { 'POST /api/v1/auth/forgot-password': ok(null) },
    prepare: async (page) => {
      await page.locator('input[type=email]').fill('yijun.lin@example.com.tw')
      await page.locator('button[type=submit]').click()
      await page.getByRole('status').first().waitFor()
    },
  },
  { name: 'reset-password', path: '/reset-password?token=1234', signedOut: true },
  { name: 'reset-password-no-token', path: '/reset-password', signedOut: true },
]
