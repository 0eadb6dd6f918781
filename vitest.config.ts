import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const never = ['**/node_modules/**', '**/dist/**', 'data/**']

/**
 * Real browsers, telephones, films and kills share the machine with whatever else it does. A test that fails once is
 * tried once more; the report names it, and it is a bug to be found (CONTRIBUTING.md).
 */
const RETRIED = { retry: 1 }

export default defineConfig({
  test: {
    // Two workers suit the two cores of the machines this is built on; more only makes them wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
    // Everything runs at once on two cores: what takes milliseconds alone may take seconds there.
    expect: { poll: { timeout: 10_000 } },
    unstubEnvs: true,
    projects: [
      {
        // Beside the code, no database: milliseconds each.
        resolve: { alias: [{ find: /^@\//, replacement: fileURLToPath(new URL('./web/src/', import.meta.url)) }] },
        test: {
          name: 'unit',
          ...RETRIED,
          sequence: { groupOrder: 0 },
          include: ['{contracts,server,web,scripts,test/support,test/fakes}/**/*.test.{ts,tsx}'],
          exclude: [...never, '**/*.db.test.ts'],
        },
      },
      {
        // On the real embedded database, one server for the run, a database for each file.
        test: {
          name: 'database',
          ...RETRIED,
          sequence: { groupOrder: 0 },
          include: ['server/**/*.db.test.ts', 'test/**/*.db.test.ts', 'test/conformance/**/*.test.ts'],
          exclude: never,
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
      {
        // Servers and databases killed at any instant.
        test: {
          name: 'faults',
          sequence: { groupOrder: 2 },
          ...RETRIED,
          include: ['test/faults/**/*.test.ts'],
          exclude: never,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Real calls on loopback, with other people's SIP programs at the other end, one file at a time.
        test: {
          name: 'sip',
          sequence: { groupOrder: 1 },
          ...RETRIED,
          include: ['test/sip/**/*.test.ts'],
          exclude: [...never, '**/*.db.test.ts'],
          fileParallelism: false,
          testTimeout: 40_000,
        },
      },
      {
        // Live streams, composed as the clock goes, and films, which give way to all else: nothing runs beside them.
        test: {
          name: 'media',
          sequence: { groupOrder: 4 },
          ...RETRIED,
          include: ['test/media/**/*.test.ts'],
          exclude: never,
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
        },
      },
      {
        // Real browsers against a real server, one file at a time.
        test: {
          name: 'e2e',
          sequence: { groupOrder: 3 },
          ...RETRIED,
          include: ['test/e2e/**/*.e2e.ts'],
          exclude: never,
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
          // The first file may build the web app, and what fails there is not tried again.
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
