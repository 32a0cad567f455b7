import { defineConfig } from 'vitest/config';

/** Rings: `unit` needs nothing; `registry` shares one embedded Postgres, a database cloned for each file. */
const registryRing = [
  'tests/store/**/*.test.ts',
  'tests/registry/**/*.test.ts',
  'tests/http/**/*.test.ts',
  'tests/cli/**/*.test.ts',
  'tests/context.test.ts',
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: registryRing,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'registry',
          include: registryRing,
          globalSetup: ['tests/support/database.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
