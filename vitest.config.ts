import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/support/patience.ts';

/**
 * Limits end a test that hangs; they are no judgement of speed, so they are far above what a slow, busy machine needs.
 * Whatever takes long to get (programs, a browser, the dashboard) is had by test/support/prepare.ts before they count.
 */
const patient = { poll: { timeout: PATIENCE_MS } } as const;
const LIMIT_MS = 5 * PATIENCE_MS;
const limits = { testTimeout: LIMIT_MS, hookTimeout: LIMIT_MS } as const;
const PREPARE = 'test/support/prepare.ts';
const CONTROL_PLANE = 'test/control-plane/vitest-global-setup.ts';
const FORGE = 'test/support/gitea/vitest-global-setup.ts';
const PACKED = 'test/pack/vitest-global-setup.ts';

/**
 * `unit` needs nothing but Node and git; `kill` kills servers again and again, which takes minutes; `cluster` shares one
 * real control plane per run, a namespace per test; `forge` shares one real Gitea per run, a repository per test; `packed`
 * runs the program as `npm pack` leaves it; `browser` drives a real Chromium. They run side by side; run one with `vitest run --project unit`.
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
            'test/**/*.forge.test.ts',
            'test/**/*.packed.test.ts',
            'test/**/kill.test.ts',
            'test/control-plane/**',
          ],
          ...limits,
        },
      },
      { test: { name: 'kill', expect: patient, include: ['test/**/kill.test.ts'], ...limits } },
      {
        test: {
          name: 'cluster',
          expect: patient,
          include: ['test/**/*.cluster.test.ts', 'test/control-plane/**/*.test.ts'],
          globalSetup: [PREPARE, CONTROL_PLANE],
          ...limits,
        },
      },
      {
        test: {
          name: 'forge',
          expect: patient,
          include: ['test/**/*.forge.test.ts'],
          globalSetup: [PREPARE, FORGE],
          ...limits,
        },
      },
      {
        test: {
          name: 'packed',
          expect: patient,
          include: ['test/**/*.packed.test.ts'],
          globalSetup: [PREPARE, CONTROL_PLANE, PACKED],
          ...limits,
        },
      },
      {
        test: {
          name: 'browser',
          expect: patient,
          include: ['test/**/*.browser.test.ts'],
          globalSetup: [PREPARE, CONTROL_PLANE],
          ...limits,
        },
      },
    ],
  },
});
