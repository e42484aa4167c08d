import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRepo, updateRepo } from '../../../constructs/repo/index.ts';
import { filesOf } from './fixture.ts';

const start = (): Map<string, Uint8Array> =>
  new Map(filesOf('bot-a', 'bot-b', 'bot-c').key('global', 'OPENAI_API_KEY').key('bot-a', 'BRAVE_API_KEY').synth());

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

    expect(before).toEqual(readRepo(files));
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
          expect(repo).toEqual(anew);
          for (const map of ['records', 'tombstones', 'keys', 'dist'] as const) {
            expect([...repo[map].keys()]).toEqual([...anew[map].keys()]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
