import { describe, expect, it } from 'vitest';
import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import type { RepoTree } from '../../../../server/git/read/read-tree.ts';
import { unitOfPath } from '../../../../constructs/repo/paths.ts';
import { createSnapshots, withRendering } from '../../../../server/git/read/snapshots.ts';

const fleet = newFleet({ recipients: [] });
const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const record = (name: string): Uint8Array => bytesOf(writeRecord(newRecord({ name, displayName: name }, fleet)));

/** Snapshots over trees in memory: what git gives is tested with the repository. */
function over(trees: Record<string, RepoTree>) {
  let reads = 0;
  const snapshots = createSnapshots({
    readFiles: async (commit) => {
      reads += 1;
      return trees[commit] ?? { files: new Map(), refused: [] };
    },
  });
  return { snapshots, reads: () => reads };
}

const files = new Map([
  ['claworc.yaml', bytesOf(writeRecord(fleet))],
  ['instances/bot-a.yaml', record('bot-a')],
  ['instances/bot-b.yaml', record('bot-b')],
  ['dist/bot-a/deployment.yaml', bytesOf('a\n')],
]);

describe('snapshots', () => {
  it('parse again only what changed', async () => {
    const next = new Map(files).set('instances/bot-b.yaml', record('bot-b'));
    const { snapshots } = over({ one: { files, refused: [] }, two: { files: next, refused: [] } });

    const [one, two] = [await snapshots.at('one'), await snapshots.at('two')];

    expect(two.repo.records.get('bot-a')?.record).toBe(one.repo.records.get('bot-a')?.record);
    expect(two.repo.records.get('bot-b')?.record).not.toBe(one.repo.records.get('bot-b')?.record);
    expect(two.repo.records.get('bot-b')?.record).toEqual(one.repo.records.get('bot-b')?.record);
  });

  it('read a commit once, also when it is asked for at the same time', async () => {
    const { snapshots, reads } = over({ one: { files, refused: [] } });

    const [first, second] = await Promise.all([snapshots.at('one'), snapshots.at('one')]);

    expect(second).toBe(first);
    expect(await snapshots.at('one')).toBe(first);
    expect(reads()).toBe(1);
  });

  it('do not take the record of one path for that of another with the same bytes', async () => {
    const same = record('bot-a');
    const { snapshots } = over({ one: { files: new Map(files).set('instances/bot-a.yaml', same), refused: [] } });
    const one = await snapshots.at('one');

    const moved = snapshots.derive(one, new Map(files).set('instances/bot-c.yaml', same));

    expect(moved.repo.records.has('bot-c')).toBe(false);
    expect(moved.repo.problems).toMatchObject([{ file: 'instances/bot-c.yaml', field: 'metadata.name' }]);
  });

  it('name what could not be read as a problem of its unit, also in what is derived from them', async () => {
    const refused = [{ path: 'instances/bot-l.yaml', reason: 'is a symbolic link' }];
    const { snapshots } = over({ one: { files, refused } });
    const expected = [
      { file: 'instances/bot-l.yaml', unit: 'bot-l', severity: 'error', message: 'is a symbolic link' },
    ];

    const one = await snapshots.at('one');

    expect(one.repo.problems).toMatchObject(expected);
    expect(snapshots.derive(one, new Map(files)).repo.problems).toMatchObject(expected);
    // A file put in its place ends the problem.
    expect(snapshots.derive(one, new Map(files).set('instances/bot-l.yaml', record('bot-l'))).repo.problems).toEqual(
      [],
    );
  });

  it('take a rendering over as if it had been read', async () => {
    const { snapshots } = over({ one: { files, refused: [] } });
    const one = await snapshots.at('one');
    const changes = new Map([
      ['dist/bot-a/deployment.yaml', null],
      ['dist/bot-b/deployment.yaml', 'b\n'],
    ]);

    const rendered = await withRendering(one, changes);

    const read = snapshots.derive(one, rendered.files);
    expect({ ...rendered.repo, dist: new Map(rendered.repo.dist) }).toEqual({
      ...read.repo,
      dist: new Map(read.repo.dist),
    });
    expect(one.repo.dist.has('bot-a')).toBe(true);
    await expect(withRendering(one, new Map([['instances/bot-a.yaml', 'x']]))).rejects.toThrow(RangeError);
  });
});

describe('the unit of a path', () => {
  it.each([
    ['claworc.yaml', 'fleet'],
    ['instances/bot-a.yaml', 'bot-a'],
    ['tombstones/bot-a.yaml', 'bot-a'],
    ['secrets/global/a-key.yaml', 'fleet'],
    ['secrets/bot-a/a-key.yaml', 'bot-a'],
    ['dist/bot-a/deployment.yaml', 'bot-a'],
    ['README.md', null],
    ['dist/loose.yaml', null],
  ])('%s is %s', (path, unit) => expect(unitOfPath(path)).toBe(unit));
});
