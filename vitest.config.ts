import { defineConfig } from 'vitest/config';
import { watchedForks } from './tests/support/watched-forks.ts';

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
          pool: watchedForks,
          include: ['tests/**/*.test.ts'],
          exclude: registryRing,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'registry',
          pool: watchedForks,
          include: registryRing,
          globalSetup: ['tests/support/database.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
