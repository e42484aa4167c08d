import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRepoFolder, sweepLeftovers, writeRepoFolder } from '../../../../server/services/commands/synth-folder.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const text = (files: ReadonlyMap<string, Uint8Array>) =>
  new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));

describe('writeRepoFolder', () => {
  it('writes, replaces and deletes, and takes folders away that are empty then', () => {
    const folder = tempFolder();
    writeRepoFolder(
      folder,
      new Map([
        ['dist/bot-a/x.yaml', 'a'],
        ['dist/bot-a/y.yaml', 'b'],
        ['dist/bot-b/x.yaml', 'c'],
      ]),
    );

    writeRepoFolder(
      folder,
      new Map([
        ['dist/bot-a/x.yaml', 'A'],
        ['dist/bot-a/y.yaml', null],
        ['dist/bot-b/x.yaml', null],
        ['dist/gone.yaml', null],
      ]),
    );

    expect(text(readRepoFolder(folder).files)).toEqual(new Map([['dist/bot-a/x.yaml', 'A']]));
    expect(readdirSync(join(folder, 'dist'))).toEqual(['bot-a']);
    expect(statSync(join(folder, 'dist/bot-a/x.yaml')).mode & 0o777).toBe(0o644);
  });

  it('leaves only whole files, and a tombstone for whatever is deleted, whenever it is killed', async () => {
    const child = join(import.meta.dirname, 'write-child.ts');
    for (let round = 0; round < 12; round += 1) {
      const folder = tempFolder();
      mkdirSync(join(folder, 'dist/bot-old'), { recursive: true });
      for (let file = 0; file < 50; file += 1) writeFileSync(join(folder, `dist/bot-old/${file}.yaml`), 'old');
      const process_ = fork(child, [folder], { execArgv: [], stdio: 'inherit' });
      await once(process_, 'message');
      // A few microtasks to a few milliseconds into the writing, another moment each round.
      await new Promise((done) => setTimeout(done, round / 2));
      process_.kill('SIGKILL');
      await once(process_, 'exit');

      const { files, leftovers } = readRepoFolder(folder);

      for (const [path, content] of text(files)) {
        expect(content).toBe(
          path.startsWith('tombstones/') ? 'tombstone' : path.startsWith('dist/bot-old/') ? 'old' : 'x'.repeat(20_000),
        );
      }
      const isWhole =
        readdirSync(join(folder, 'dist')).includes('bot-old') &&
        readdirSync(join(folder, 'dist/bot-old')).length === 50;
      expect(isWhole || existsSync(join(folder, 'tombstones/bot-old.yaml'))).toBe(true);
      expect(leftovers.length).toBeLessThanOrEqual(1);
      sweepLeftovers(folder, leftovers);
      expect(readRepoFolder(folder).leftovers).toEqual([]);
    }
  });
});
