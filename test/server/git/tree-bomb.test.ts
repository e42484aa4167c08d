import { describe, expect, it } from 'vitest';
import { openRepository } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { commitBomb, commitWithout } from '../../support/tree-bomb.ts';
import { embedded, put } from './fixture.ts';

it('a commit whose tree contains itself again and again is refused while git still lists it', async () => {
  const { bare } = await embedded();
  const repository = await openRepository({ folder: bare, log: silentLog });
  await put(repository, { 'claworc.yaml': 'x', 'instances/bot-a.yaml': 'y' });
  const bomb = commitBomb(bare);
  const before = process.memoryUsage().rss;

  await expect(repository.readFiles(bomb)).rejects.toMatchObject({ code: 'too_large', subject: 'dist/bot-evil/' });
  // Without the limit it is several GB after a few seconds; garbage that is not collected yet counts too.
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
});

describe('a commit whose tree contains itself, and one that takes it out again', () => {
  async function bombed(path?: string) {
    const { bare } = await embedded();
    const options = { folder: bare, log: silentLog };
    const top = await openRepository(options);
    const good = await put(top, { 'claworc.yaml': 'x', 'instances/bot-a.yaml': 'y', 'fleets/eu/claworc.yaml': 'z' });
    const bomb = commitBomb(bare, path);
    const mended = commitWithout(bare, bomb);
    return {
      bare,
      repository: path === undefined ? top : await openRepository({ ...options, path }),
      good,
      bomb,
      mended,
    };
  }

  it.each([[undefined], ['fleets/eu']])(
    'are told with the folders that differ, within memory (below %s)',
    async (path) => {
      const { repository, good, bomb, mended } = await bombed(path);

      const history = await repository.log({ until: mended });

      const folders = Array.from({ length: 10 }, (_, index) => `dist/bot-evil/f${index}`);
      expect(history.slice(0, 2).map(({ subject, files }) => [subject, files])).toEqual([
        ['Mend', folders.map((folder) => ({ path: folder, change: 'removed' }))],
        ['Bomb', folders.map((folder) => ({ path: folder, change: 'added' }))],
      ]);
      expect(history.at(-1)?.files.map((file) => file.path)).toContain('claworc.yaml');
      expect(await repository.diffCommits(good, bomb)).toEqual(folders);
      expect(await repository.diffCommits(good, mended)).toEqual([]);
      expect(await repository.log({ until: mended, since: good, path: 'dist/bot-evil' })).toHaveLength(2);
      await expect(repository.patches([bomb], [])).rejects.toMatchObject({ code: 'too_large' });
    },
  );
});
