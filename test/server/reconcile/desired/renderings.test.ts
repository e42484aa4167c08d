import { beforeEach, describe, expect, it } from 'vitest';
import type { Repo } from '../../../../constructs/repo/index.ts';
import { createBodies } from '../../../../server/reconcile/desired/bodies.ts';
import type { DesiredObject, DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import { createRenderings, type Renderings } from '../../../../server/reconcile/desired/renderings.ts';
import { RepoFixture } from '../repo-fixture.ts';

const objectsOf = (unit: DesiredUnit): readonly DesiredObject[] => {
  if (unit.state !== 'present') throw new Error(`${unit.unit} is ${unit.state}`);
  return unit.objects;
};

/** A bot that is known to be right, rendered or not. */
function noted(repo: Repo, marks = new Map<string, string>(), program = '1'): Renderings {
  const renderings = createRenderings(program, {
    known: marks,
    keep: (unit, mark) => void marks.set(unit, mark),
    drop: (unit) => void marks.delete(unit),
  });
  renderings.note(repo, 'bot-a', repo.dist.get('bot-a') ?? new Map());
  return renderings;
}

describe('what is known to be rendered right', () => {
  let fixture: RepoFixture;
  beforeEach(async () => {
    fixture = await RepoFixture.create('claworc');
    fixture.record('bot-a').record('bot-b').synth();
  });

  it('is a bot whose record, fleet, keys and files are those that were noted, and no other', async () => {
    const renderings = noted(fixture.repo);

    expect(renderings.isRight(fixture.repo, 'bot-a')).toBe(true);
    expect(renderings.isRight(fixture.repo, 'bot-b')).toBe(false);
    const changes: ((other: RepoFixture) => unknown)[] = [
      (other) => other.record('bot-a', { env: { TZ: 'UTC' } }),
      (other) => other.write('claworc.yaml', `# A comment\n${other.text('claworc.yaml')}`),
      (other) => other.key('global', 'BRAVE_API_KEY', 'x'.repeat(30)),
      (other) => other.write('dist/bot-a/deployment.yaml', `${other.text('dist/bot-a/deployment.yaml')}#\n`),
      (other) => other.write('dist/bot-a/deployment.yaml', null),
      (other) => other.write('dist/bot-a/more.yaml', 'a: 1\n'),
    ];
    for (const change of changes) {
      const other = new RepoFixture('claworc', fixture.identity);
      for (const [path, bytes] of fixture.files) other.files.set(path, bytes);
      await change(other);
      expect(renderings.isRight(other.repo, 'bot-a'), String(change)).toBe(false);
    }
  });

  it('is still known to the next process of the same program, and to no other program', () => {
    const marks = new Map<string, string>();
    noted(fixture.repo, marks);
    const never = (): never => {
      throw new Error('nothing is new');
    };
    const kept = { known: marks, keep: never, drop: never };

    expect(createRenderings('1', kept).isRight(fixture.repo, 'bot-a')).toBe(true);
    expect(createRenderings('2', kept).isRight(fixture.repo, 'bot-a')).toBe(false);
  });

  it('gives the same objects as one that was rendered at once, each time that their bodies are asked for', () => {
    const { repo } = fixture;
    const eager = objectsOf(desiredUnit(repo, 'bot-a'));

    const lazy = objectsOf(desiredUnit(repo, 'bot-a', noted(repo), createBodies(1)));

    for (const round of [1, 2]) {
      const seen = lazy.map(({ kind, name, file, object }) => ({ kind, name, file, object }));
      expect(seen, String(round)).toEqual(eager.map(({ kind, name, file, object }) => ({ kind, name, file, object })));
    }
  });

  it('never lets an object through that main does not have, whatever a mark says, and forgets the mark', () => {
    fixture.write('dist/bot-a/deployment.yaml', fixture.text('dist/bot-a/deployment.yaml').replace('Recreate', 'None'));
    const { repo } = fixture;
    const marks = new Map<string, string>();
    const renderings = noted(repo, marks);

    const unit = desiredUnit(repo, 'bot-a', renderings);

    expect(() => objectsOf(unit)).toThrow('dist/bot-a/deployment.yaml is not what the record renders');
    expect(renderings.isRight(repo, 'bot-a')).toBe(false);
    expect([...marks]).toEqual([]);
    expect(desiredUnit(repo, 'bot-a', renderings)).toMatchObject({ state: 'held' });
  });
});

describe('bodies', () => {
  it('are made once while they are in use, and again when others were used since', () => {
    const made: string[] = [];
    const maker = (name: string) => () => {
      made.push(name);
      return [];
    };
    const [a, b, c] = ['a', 'b', 'c'].map(maker);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three');
    const bodies = createBodies(2);

    for (const make of [a, b, a, c, a, b]) bodies.get(make);

    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });
});
