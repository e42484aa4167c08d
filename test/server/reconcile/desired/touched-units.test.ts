import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRepo, updateRepo } from '../../../../constructs/repo/index.ts';
import { createDesiredReader } from '../../../../server/reconcile/desired/desired.ts';
import type { DesiredState } from '../../../../server/reconcile/desired/desired-state.ts';
import { isNamed, namedUnits, touchedUnits } from '../../../../server/reconcile/desired/touched-units.ts';
import { RepoFixture } from '../repo-fixture.ts';

const key = 'sk-'.padEnd(30, 'x');

/** Repositories whose files are mixed. */
async function versions(): Promise<readonly ReadonlyMap<string, Uint8Array>[]> {
  const fixture = await RepoFixture.create('claworc');
  fixture.record('bot-a').record('bot-b', { nodePorts: { chrome: 30100, terminal: 30101 } });
  await fixture.key('bot-a', 'BRAVE_API_KEY', key);
  const first = new Map(fixture.synth().files);
  fixture.record('bot-a', { displayName: 'Other', nodePorts: { chrome: 30100, terminal: 30101 } }).record('bot-c');
  await fixture.key('bot-b', 'BRAVE_API_KEY', key);
  await fixture.key('bot-a', 'BRAVE_API_KEY', null);
  const second = new Map(fixture.synth().files);
  await fixture.key('global', 'OPENAI_API_KEY', key);
  fixture.remove('bot-b', 'retain').write('claworc.yaml', `# Other\n${fixture.text('claworc.yaml')}`);
  const third = new Map(fixture.synth().files);
  const broken = new Map([
    ['instances/bot-a.yaml', Buffer.from('a: [')],
    ['instances/bot-x.yml', Buffer.from('')],
    ['tombstones/bot-c.yaml', Buffer.from('b')],
    ['secrets/global/openai-api-key.yaml', Buffer.from('c')],
    ['dist/bot-b/deployment.yaml', Buffer.from('d')],
    ['dist/bot-q/deployment.yaml', Buffer.from('e')],
  ]);
  return [first, second, third, broken];
}

/** All of it, without what is only the same value or another. */
const written = ({ units, nodePorts, ...state }: DesiredState) => ({
  ...state,
  nodePorts: Object.fromEntries(nodePorts),
  units: Object.fromEntries(
    [...units].map(([name, unit]) => [
      name,
      unit.state === 'present'
        ? { ...unit, objects: unit.objects.map((each) => ({ ...each, object: each.object })) }
        : unit,
    ]),
  ),
});

describe('what commit after commit wants', () => {
  it('is what a reading from nothing gives, whatever came, changed, broke and left', async () => {
    const all = await versions();
    const paths = [...new Set(all.flatMap((files) => [...files.keys()]))];
    const step = fc.uniqueArray(fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...all.keys())), {
      selector: ([path]) => path,
      minLength: 1,
      maxLength: 5,
    });

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        fc.array(step, { minLength: 1, maxLength: 5 }),
        async (start, steps) => {
          const reader = createDesiredReader();
          let files = start;
          let repo = readRepo(files);
          await reader.read('0', repo);
          for (const [at, changes] of steps.entries()) {
            const next = new Map(files);
            for (const [path, version] of changes) {
              const bytes = all[version]?.get(path);
              if (bytes === undefined) next.delete(path);
              else next.set(path, bytes);
            }
            repo = updateRepo(repo, files, next);
            files = next;

            const anew = readRepo(new Map(files));
            expect(written(await reader.read(`${at}`, repo))).toEqual(
              written(await createDesiredReader().read(`${at}`, anew)),
            );
          }
        },
      ),
      { numRuns: 80 },
    );
  }, 60_000);

  it('is asked of nobody but the bot that was edited', async () => {
    const fixture = await RepoFixture.create('claworc');
    for (let at = 0; at < 50; at += 1) fixture.record(`bot-${at}`);
    const files = new Map(fixture.synth().files);
    const before = readRepo(files);
    const after = updateRepo(before, files, new Map(fixture.record('bot-7', { displayName: 'Other' }).synth().files));

    expect(touchedUnits(before, after)).toEqual(new Set(['bot-7']));
    expect([...namedUnits(after)].filter((unit) => !isNamed(after, unit))).toEqual([]);
  });
});
