import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRepo, updateRepo, type Repo } from '../../../constructs/repo/index.ts';
import { filesOf } from './fixture.ts';

const start = (): Map<string, Uint8Array> =>
  new Map(filesOf('bot-a', 'bot-b', 'bot-c').key('global', 'OPENAI_API_KEY').key('bot-a', 'BRAVE_API_KEY').synth());

const NAMES = ['bot-a', 'bot-b', 'bot-c'] as const;

/** Maps in layers, as plain ones. */
const plain = (repo: Repo) => ({
  ...repo,
  records: new Map(repo.records),
  tombstones: new Map(repo.tombstones),
  keys: new Map(repo.keys),
  dist: new Map(repo.dist),
});

describe('updateRepo', () => {
  it('gives the very same values for everything that did not change', () => {
    const files = start();
    const before = readRepo(files);
    const other = filesOf('bot-x').synth().get('instances/bot-x.yaml') ?? new Uint8Array();

    const after = updateRepo(before, files, new Map(files).set('instances/bot-b.yaml', other));

    expect(after.records.get('bot-a')).toBe(before.records.get('bot-a'));
    expect(after.records.get('bot-b')).toBeUndefined();
    expect(after.dist.get('bot-b')).toBe(before.dist.get('bot-b'));
    expect(after.keys.get('bot-a/BRAVE_API_KEY')).toBe(before.keys.get('bot-a/BRAVE_API_KEY'));
    expect(after.fleet).toBe(before.fleet);
  });

  it('does not change what it goes on from', () => {
    const files = start();
    const before = readRepo(files);
    const next = new Map(files).set('dist/bot-a/deployment.yaml', Buffer.from('other\n'));
    next.delete('dist/bot-b/deployment.yaml');

    updateRepo(before, files, next);

    expect(plain(before)).toEqual(plain(readRepo(files)));
  });

  it('is what a reading from nothing gives, whatever came, changed, broke and left', () => {
    const sound = start();
    const more = filesOf('bot-0', 'bot-a-b', 'bot-z').tombstone('bot-b').tombstone('bot-q').synth();
    const paths = [...new Set([...sound.keys(), ...more.keys(), 'instances/Bot-A.yaml', 'instances/x.yml'])];
    const contents = [...sound.values(), ...more.values(), Buffer.from('a: ['), Buffer.from('')];
    const change = fc.record({
      path: fc.constantFrom(...paths),
      content: fc.option(fc.nat(contents.length - 1), { nil: null }),
      isOwn: fc.boolean(),
    });

    fc.assert(
      fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), (steps) => {
        let files: Map<string, Uint8Array> = sound;
        let repo = readRepo(files);
        for (const step of steps) {
          const next = new Map(files);
          for (const { path, content, isOwn } of step) {
            const own = more.get(path) ?? sound.get(path);
            if (content === null) next.delete(path);
            else next.set(path, (isOwn ? own : undefined) ?? contents[content] ?? Buffer.from(''));
          }
          repo = updateRepo(repo, files, next);
          files = next;

          const anew = readRepo(files);
          expect(plain(repo)).toEqual(plain(anew));
          for (const map of ['records', 'tombstones', 'keys', 'dist'] as const) {
            expect([...repo[map].keys()]).toEqual([...anew[map].keys()]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('finds what records, keys and the fleet make of each other, in whatever order they come and go', () => {
    const ports = (chrome: number) => ({ exposure: 'nodePort', nodePorts: { chrome, terminal: chrome + 1 } }) as const;
    const versions = [
      filesOf(...NAMES)
        .key('global', 'TOKEN')
        .key('bot-a', 'BRAVE_API_KEY'),
      filesOf()
        .record('bot-a', { env: { TOKEN: 'x', PATH: '/x' }, ...ports(30100) })
        .record('bot-b', { env: { BRAVE_API_KEY: 'x' }, ...ports(30100) })
        .record('bot-c', ports(30100))
        .key('bot-a', 'BRAVE_API_KEY', 'one'),
      filesOf()
        .record('bot-a', { env: { BRAVE_API_KEY: 'x' } })
        .record('bot-b', { env: { LD_PRELOAD: 'x', TOKEN: 'x' }, ...ports(30102) })
        .key('bot-b', 'BRAVE_API_KEY', 'one')
        .key('bot-b', 'TOKEN'),
    ];
    versions[1]?.edit('claworc.yaml', 'spec:\n', 'spec:\n  env:\n    PATH: /x\n    TOKEN: y\n');
    const paths = [...new Set(versions.flatMap((files) => [...files.keys()]))];
    const step = fc.uniqueArray(fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...versions.keys())), {
      selector: ([path]) => path,
      minLength: 1,
      maxLength: 4,
    });

    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        let files: Map<string, Uint8Array> = versions[0] ?? new Map<string, Uint8Array>();
        let repo = readRepo(files);
        for (const changes of steps) {
          const next = new Map(files);
          for (const [path, version] of changes) {
            const bytes = versions[version]?.get(path);
            if (bytes === undefined) next.delete(path);
            else next.set(path, bytes);
          }
          repo = updateRepo(repo, files, next);
          files = next;

          expect(repo.problems).toEqual(readRepo(files).problems);
        }
      }),
      { numRuns: 200 },
    );
  });
});
