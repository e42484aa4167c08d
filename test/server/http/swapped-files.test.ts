import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runGit } from '../../support/git-process.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer } from '../running-server.ts';

/** Swaps a file for a pipe; gives what puts it back. */
function swap(file: string): () => void {
  renameSync(file, `${file}.was`);
  execFileSync('mkfifo', [file]);
  return () => {
    rmSync(file);
    renameSync(`${file}.was`, file);
  };
}

test.each(['refs/heads/main', 'HEAD'])(
  'with a pipe in place of %s a running server keeps the edit, says which file it is, and publishes when it is back',
  async (path) => {
    await using server = await startTestServer();
    await server.call('POST', 'instances', { display_name: 'bot-a' });
    const putBack = swap(join(server.data, 'instances.git', path));

    const saved = await server.call('POST', 'instances', { display_name: 'bot-b' });
    const state = await vi.waitFor(
      async () => {
        const answer = await server.call('GET', 'git');
        expect(answer.body.state).toBe('unreachable');
        return answer;
      },
      { timeout: PATIENCE_MS },
    );
    const health = await server.call('GET', '/health');
    const list = await runGit(tempFolder(), ['ls-remote', `${server.address}/instances.git`]);

    expect([saved.status, saved.body.sync]).toEqual([202, 'draft']);
    expect(state.body.detail).toMatch(
      new RegExp(`${path.split('/').at(-1)} is a device or a pipe: the repository is not read`),
    );
    expect(health.body).toMatchObject({ status: 'degraded', git: state.body.detail });
    expect(list.stderr).toContain('is a device or a pipe');
    for (const told of [saved.text, state.text, health.text, list.stderr]) expect(told).not.toContain(server.data);

    putBack();

    await vi.waitFor(async () => expect((await server.call('GET', 'instances/bot-b')).body.sync).toBe('published'), {
      timeout: PATIENCE_MS,
    });
    await vi.waitFor(async () => expect((await server.call('GET', '/health')).body.git).toBe('ok'), {
      timeout: PATIENCE_MS,
    });
  },
);
