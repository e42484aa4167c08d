import { describe, expect, test } from 'vitest';
import { ago, container, deployment, ended, event, running, statusOf } from './status-fixture.ts';
import { starting, looping, testRows } from './status-rows.ts';

describe('the status of a bot: a process that ends or falls silent', () => {
  testRows([
    ['a crash loop', 'error', 'Crash loop, 6 restarts', 'log', [deployment()], [looping(1)]],
    [
      'too little memory',
      'error',
      'Out of memory, 6 restarts',
      'resources',
      [deployment()],
      [looping(137, 'OOMKilled')],
    ],
    [
      'exit 137 that nobody asked for',
      'error',
      'Killed, likely out of memory, 6 restarts',
      'resources',
      [deployment()],
      [looping(137)],
    ],
    [
      'exit 137 by its liveness probe',
      'error',
      'Chrome screen stopped answering, 6 restarts',
      'log',
      [deployment()],
      [looping(137)],
      {
        events: [
          event('Pod', 'Killing', 'Container moltbot failed liveness probe, will be restarted', { at: ago(35) }),
        ],
      },
    ],
    [
      'a process that died just now',
      'error',
      'Its process ended',
      'log',
      [deployment()],
      [running(-1, [container({ ready: false, state: ended(1, 1) })])],
    ],
    [
      'a crash loop at its next try',
      'error',
      'Crash loop, 3 restarts',
      'log',
      [deployment()],
      [running(-2, [container({ ready: false, restartCount: 3, lastState: ended(1, 2) })])],
    ],
    [
      'a crash loop at a try that is ready',
      'error',
      'Crash loop, 3 restarts',
      'log',
      [deployment()],
      [running(29, [container({ restartCount: 3, lastState: ended(1, 40) })])],
    ],
    [
      'an old crash',
      'running',
      '',
      'none',
      [deployment()],
      [running(30, [container({ restartCount: 3, lastState: ended(1, 40) })])],
    ],
    [
      'a screen that went silent',
      'error',
      'Chrome screen stopped answering',
      'log',
      [deployment()],
      [running(-40, [container({ ready: false })])],
    ],
    [
      'a deadline',
      'error',
      'Not ready in time',
      'log',
      [
        deployment({
          status: { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
        }),
      ],
      [starting],
    ],
  ]);
});

test('a crash loop is one error from its first end until 30 s of readiness, through all its tries', () => {
  const down = { ready: false, state: ended(1, 0) };
  const backOff = { ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(1, 5) };
  const again = { ready: false, lastState: ended(1, 5) };
  const told = [
    running(300),
    running(-1, [container({ ...down, restartCount: 0 })]),
    running(-3, [container({ ...again, restartCount: 1 })]),
    running(2, [container({ restartCount: 1, lastState: ended(1, 5) })]),
    running(-1, [container({ ...down, restartCount: 1 })]),
    running(-5, [container({ ...backOff, restartCount: 1 })]),
    running(-9, [container({ ...again, restartCount: 2 })]),
    running(29, [container({ restartCount: 2, lastState: ended(1, 40) })]),
    running(31, [container({ restartCount: 2, lastState: ended(1, 42) })]),
  ].map((pod) => statusOf([deployment()], [pod]).status);

  expect(told).toEqual(['running', ...Array<string>(7).fill('error'), 'running']);
});
