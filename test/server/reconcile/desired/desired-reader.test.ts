import { beforeEach, describe, expect, it } from 'vitest';
import { readRepo, updateRepo } from '../../../../constructs/repo/index.ts';
import type { Bodies } from '../../../../server/reconcile/desired/bodies.ts';
import { createDesiredReader, desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import { createRenderings } from '../../../../server/reconcile/desired/renderings.ts';
import { RepoFixture } from '../repo-fixture.ts';

describe('the reader of what main wants', () => {
  let fixture: RepoFixture;
  let rendered: string[];
  let reader: ReturnType<typeof createDesiredReader>;
  beforeEach(async () => {
    fixture = await RepoFixture.create('claworc');
    fixture.record('bot-a').record('bot-b').record('bot-c').synth();
    rendered = [];
    reader = createDesiredReader({
      render: (repo, unit, ...rest) => {
        rendered.push(unit);
        return desiredUnit(repo, unit, ...rest);
      },
    });
  });

  it('renders only the unit that an edit changed, and keeps the values of all others', async () => {
    const files = new Map(fixture.files);
    const first = readRepo(files);
    const before = await reader.read('1', first);
    rendered.length = 0;
    fixture.record('bot-b', { displayName: 'Other', env: { TZ: 'UTC' } }).synth();

    const after = await reader.read('2', updateRepo(first, files, new Map(fixture.files)));

    expect(rendered).toEqual(['bot-b']);
    expect(after.units.get('bot-a')).toBe(before.units.get('bot-a'));
    expect(after.units.get('bot-b')).not.toBe(before.units.get('bot-b'));
  });

  it('keeps the value of a unit that renders to the same again', async () => {
    const before = await reader.read('1', fixture.repo);
    fixture.write('claworc.yaml', `# A comment\n${fixture.text('claworc.yaml')}`);

    const after = await reader.read('2', fixture.repo);

    for (const unit of ['fleet', 'bot-a', 'bot-b', 'bot-c']) {
      expect(after.units.get(unit), unit).toBe(before.units.get(unit));
    }
  });

  it('holds a unit that came without its rendering by its folder, and by a file where only that is missing', async () => {
    for (const path of fixture.files.keys()) if (path.startsWith('dist/bot-a/')) fixture.write(path, null);
    fixture.write('dist/bot-b/deployment.yaml', null);

    const { units } = await reader.read('1', fixture.repo);

    const held = (what: string) => ({
      state: 'held',
      reason: `not rendered: ${what}; run \`claworc synth\` and commit`,
    });
    expect(units.get('bot-a')).toMatchObject(held('dist/bot-a/ is missing'));
    expect(units.get('bot-b')).toMatchObject(held('dist/bot-b/deployment.yaml is missing'));
    expect(units.get('bot-c')).toMatchObject({ state: 'present' });
  });

  it('knows the node ports of all records without making an object', async () => {
    fixture.record('bot-a', { nodePorts: { chrome: 30100, terminal: 30101 } }).record('bot-c', {
      nodePorts: { chrome: 30104, terminal: 30105 },
    });
    const { repo } = fixture.synth();
    const marks = ['fleet', 'bot-a', 'bot-b', 'bot-c'];
    const renderings = createRenderings();
    for (const unit of marks) renderings.note(repo, unit, repo.dist.get(unit) ?? new Map());
    const bodies: Bodies = {
      get: () => expect.fail('a body was asked for'),
      put: () => undefined,
    };

    const { nodePorts } = await createDesiredReader({ renderings, bodies }).read('1', repo);

    expect([...nodePorts]).toEqual([
      ['bot-a', [30100, 30101]],
      ['bot-c', [30104, 30105]],
    ]);
  });

  it('renders every bot again when a global key comes', async () => {
    await reader.read('1', fixture.repo);
    await fixture.key('global', 'OPENAI_API_KEY', 'sk-'.padEnd(30, 'x'));
    rendered.length = 0;

    const after = await reader.read('2', fixture.repo);

    expect(rendered.sort()).toEqual(['bot-a', 'bot-b', 'bot-c', 'fleet']);
    expect(after.units.get('bot-a')).toMatchObject({ state: 'held' });
  });

  it('makes a new value of the one bot that a rule of claworc.yaml is about', async () => {
    const before = await reader.read('1', fixture.repo);
    const rule = '{kind: Deployment, name: bot-b, fields: [spec.replicas]}';
    const policy = `spec:\n  policy:\n    leaveToCluster:\n      - ${rule}\n`;
    fixture.write('claworc.yaml', fixture.text('claworc.yaml').replace('spec:\n', policy));

    const after = await reader.read('2', fixture.repo);

    expect(after.units.get('bot-b')).not.toBe(before.units.get('bot-b'));
    expect(after.units.get('bot-a')).toBe(before.units.get('bot-a'));
  });
});
