import { defineConfig } from 'vitest/config';

/** What is waited for comes later on a busy machine; one second is no judgement. */
const patient = { poll: { timeout: 15_000 } } as const;

/**
 * `unit` needs nothing but Node and git; `kill` kills servers again and again, which takes minutes; `cluster` shares one
 * real control plane per run, a namespace per test; `browser` drives a real Chromium. They run side by side; run one with
 * `vitest run --project unit`.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          expect: patient,
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/**/*.cluster.test.ts',
            'test/**/*.browser.test.ts',
            'test/**/kill.test.ts',
            'test/control-plane/**',
          ],
          testTimeout: 30_000,
        },
      },
      { test: { name: 'kill', expect: patient, include: ['test/**/kill.test.ts'], testTimeout: 300_000 } },
      {
        test: {
          name: 'cluster',
          expect: patient,
          include: ['test/**/*.cluster.test.ts', 'test/control-plane/**/*.test.ts'],
          globalSetup: ['test/control-plane/vitest-global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          expect: patient,
          include: ['test/**/*.browser.test.ts'],
          globalSetup: ['test/control-plane/vitest-global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
