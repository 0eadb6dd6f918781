import { defineConfig } from 'vitest/config'

const never = ['**/node_modules/**', '**/dist/**', 'data/**']

export default defineConfig({
  test: {
    // Two workers suit the two cores of the machines this is built on; more only makes them wait for each other.
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
    unstubEnvs: true,
    projects: [
      {
        // Beside the code, no database: milliseconds each.
        test: {
          name: 'unit',
          include: ['{contracts,server,web,scripts,test/support,test/fakes}/**/*.test.{ts,tsx}'],
          exclude: [...never, '**/*.db.test.ts'],
        },
      },
      {
        // On the real embedded database, one server for the run, a database for each file.
        test: {
          name: 'database',
          include: ['server/**/*.db.test.ts', 'test/**/*.db.test.ts', 'test/conformance/**/*.test.ts'],
          exclude: never,
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
      {
        // Servers and databases killed at any instant.
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          exclude: never,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Real calls on loopback, with other people's SIP programs at the other end, one file at a time.
        test: {
          name: 'sip',
          include: ['test/sip/**/*.test.ts'],
          exclude: [...never, '**/*.db.test.ts'],
          fileParallelism: false,
          testTimeout: 40_000,
        },
      },
      {
        // Real browsers against a real server, one file at a time.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts'],
          exclude: never,
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
})
