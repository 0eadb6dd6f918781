#!/usr/bin/env node
import './compile-cache.ts'
import { parseArgs } from 'node:util'
import { configurationDocument, describeConfig, readConfig } from './config.ts'
import type { Config } from './config.ts'
import { Fault } from '#kernel/fault.ts'

const USAGE = `Usage: confab [--roles web,sfu,…]        start the server
       confab config                    print every setting with its value
       confab config --markdown         print docs/configuration.md
       confab admin grant|revoke EMAIL  make an account an admin, or an ordinary one
       confab admin reset-password EMAIL
       confab admin list
       confab models list|pull|import|verify|rm
       confab help`

/** Runs one command line; resolves with the exit code. Commands that were typed wrongly are exit code 2. */
async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { roles: { type: 'string' }, markdown: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  const [command = 'serve', ...rest] = positionals
  const env = values.roles === undefined ? process.env : { ...process.env, CONFAB_ROLES: values.roles }
  if (values.help || command === 'help') {
    console.log(USAGE)
    return 0
  }
  switch (command) {
    case 'serve':
      return await serve(readConfig(env))
    case 'config':
      process.stdout.write(values.markdown ? configurationDocument() : describeConfig(env))
      return 0
    case 'admin':
      return await (await import('./cli/admin.ts')).runAdmin(readConfig(env), rest)
    case 'models':
      return await (await import('./cli/models.ts')).runModels(readConfig(env), rest)
    default:
      console.error(`confab: there is no command "${command}"\n${USAGE}`)
      return 2
  }
}

/** The server, or a node of another one: the process whose only role is inference. */
async function serve(config: Config): Promise<number> {
  const { roles } = config.core
  const isNode = roles.length === 1 && roles[0] === 'inference'
  if (isNode) return await (await import('./cli/node.ts')).runNode(config)
  return await (await import('./cli/serve.ts')).serve(config)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  // A fault is something the person at the terminal can act on; anything else is a bug and shows where it came from.
  const isUsage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true
  console.error(error instanceof Fault || isUsage ? `confab: ${(error as Error).message}` : error)
  process.exitCode = isUsage ? 2 : 1
}
