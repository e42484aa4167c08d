import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { embedded, put } from '../fixture.ts';

/** As many edits, each as the loose objects and small packs that it leaves. */
function edits(bare: string, from: number, count: number): void {
  let stream = '';
  for (let n = from; n < from + count; n++) {
    const text = `number: ${n}\n`;
    stream += `commit refs/heads/main\ncommitter Ada <ada@example.com> ${1_700_000_000 + n} +0000\ndata 5\nEdit\n`;
    stream += `${n === from ? 'from refs/heads/main^0\n' : ''}M 100644 inline instances/bot-${n % 50}.yaml\ndata ${text.length}\n${text}\n`;
  }
  execFileSync('git', ['-c', 'fastimport.unpackLimit=100000', 'fast-import', '--quiet'], { cwd: bare, input: stream });
}

test('thousands of loose objects become few packs while commits and clones go on', async () => {
  const { bare, repository } = await embedded();
  await put(repository, { 'claworc.yaml': 'x\n' });
  edits(bare, 0, 1_700);
  const before = await repository.maintenance.scatter();
  expect(before.loose).toBeGreaterThan(2_000);

  const consolidating = repository.maintenance.consolidate({ whole: false, now: Date.now() });
  const meanwhile = await put(repository, { 'instances/bot-new.yaml': 'y\n' });
  git(tempFolder(), 'clone', '-q', bare, 'clone');
  await consolidating;

  const after = await repository.maintenance.scatter();
  expect(after.loose).toBeLessThan(600);
  expect(after.packs).toBeLessThan(4);
  expect(await repository.head()).toBe(meanwhile);
  expect(git(bare, 'fsck', '--full', '--strict')).toBe('');
});

test('what no branch has had for two weeks goes, a kept head and what is younger stay', async () => {
  const { bare, repository } = await embedded();
  const first = await put(repository, { 'claworc.yaml': 'x\n' });
  const kept = git(bare, 'commit-tree', '-p', first, '-m', 'Kept', `${first}^{tree}`).trim();
  git(bare, 'update-ref', `refs/claworc/left/${kept}`, kept);
  const young = git(bare, 'commit-tree', '-p', first, '-m', 'Young', `${first}^{tree}`).trim();
  const old = git(bare, 'commit-tree', '-p', first, '-m', 'Old', `${first}^{tree}`).trim();
  execFileSync('touch', ['-d', '20 days ago', join(bare, 'objects', old.slice(0, 2), old.slice(2))]);

  await repository.maintenance.consolidate({ whole: true, now: Date.now() });

  for (const commit of [first, kept, young]) expect(git(bare, 'cat-file', '-t', commit).trim()).toBe('commit');
  expect(() => git(bare, 'cat-file', '-t', old)).toThrow();
  expect(await repository.head()).toBe(first);
  expect(git(bare, 'fsck', '--full', '--strict')).not.toContain('missing');
});

test('ended in the middle it leaves a sound repository, and the next one finishes', async () => {
  const { bare, repository } = await embedded();
  await put(repository, { 'claworc.yaml': 'x\n' });
  edits(bare, 0, 300);
  const head = await repository.head();
  for (const whole of [false, true]) {
    const ending = new AbortController();
    const running = repository.maintenance.consolidate({ whole, now: Date.now(), signal: ending.signal });
    ending.abort();
    await expect(running).rejects.toThrow();
    expect(git(bare, 'fsck', '--full', '--strict')).toBe('');
  }
  writeFileSync(join(bare, 'objects', 'pack', '.tmp-1-pack-x.pack'), '');
  execFileSync('touch', ['-d', '2 days ago', join(bare, 'objects', 'pack', '.tmp-1-pack-x.pack')]);

  await repository.maintenance.consolidate({ whole: true, now: Date.now() });

  expect(execFileSync('ls', ['-A', join(bare, 'objects', 'pack')], { encoding: 'utf8' })).not.toContain('.tmp');
  expect(await repository.head()).toBe(head);
});
