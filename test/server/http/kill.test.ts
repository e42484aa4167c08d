import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startClaworc, type RunningClaworc } from '../../acceptance/claworc-process.ts';
import { verifyRepo } from '../../../constructs/repo/index.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { openRepository } from '../../../server/git/repository.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

let data: string;
beforeEach(async () => void (data = await mkdtemp(join(tmpdir(), 'claworc-kill-'))));
afterEach(async () => rm(data, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', join(data, 'instances.git'), ...args], { encoding: 'utf8' });

describe('kill -9', () => {
  test('at any moment of writing loses no answered edit, doubles none, and the next start goes on', async () => {
    const answered = new Set<string>();
    let number = 0;
    for (let round = 0; round < 4; round++) {
      await using claworc = await startClaworc(['--data', data], { env: { HOME: data } });
      const writing = writeUntilGone(claworc, () => ++number, answered);
      const enough = answered.size + 1 + round;
      await vi.waitFor(() => expect(answered.size).toBeGreaterThanOrEqual(enough), {
        timeout: PATIENCE_MS,
        interval: 5,
      });
      await claworc.kill();
      await writing;
    }

    await using claworc = await startClaworc(['--data', data], { env: { HOME: data } });
    await vi.waitFor(async () => expect((await claworc.request('GET', '/api/v1/fleet')).body.drafts).toBe(0), {
      timeout: PATIENCE_MS,
    });

    const instances = (await claworc.request('GET', '/api/v1/instances')).body as unknown as {
      name: string;
      sync: string;
    }[];
    expect(instances.map(({ name }) => name)).toEqual(expect.arrayContaining([...answered]));
    expect(new Set(instances.map(({ sync }) => sync))).toEqual(new Set(['published']));
    const edits = git('log', '--format=%(trailers:key=Claworc-Edit,valueonly,separator=)', 'main')
      .split('\n')
      .filter(Boolean);
    expect(new Set(edits).size).toBe(edits.length);
    for (const name of answered) {
      expect([
        name,
        git('log', '--format=%s', 'main')
          .split('\n')
          .filter((subject) => subject === `Create ${name}`).length,
      ]).toEqual([name, 1]);
    }
    const repository = await openRepository({ folder: join(data, 'instances.git'), log: silentLog });
    expect(verifyRepo((await repository.readFiles((await repository.head())!)).files)).toEqual([]);
    expect(await claworc.stop()).toBe(0);
  }, 120_000);
});

async function writeUntilGone(claworc: RunningClaworc, next: () => number, answered: Set<string>): Promise<void> {
  for (;;) {
    const name = `bot-${next()}`;
    const answer = await claworc.request('POST', '/api/v1/instances', { display_name: name }).catch(() => undefined);
    if (answer === undefined) return;
    expect(answer.status).toBe(201);
    answered.add(name);
  }
}
