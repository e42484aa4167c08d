import { describe, expect, it } from 'vitest';
import { newTombstone } from '../../../../constructs/new-documents.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { put } from '../../git/fixture.ts';
import { fleetText, recordText, reviewHouse, sealedText } from './fixture.ts';

const ALPHA = 'instances/bot-alpha.yaml';
const BETA = 'instances/bot-beta.yaml';
const grave = (name: string, data: 'retain' | 'destroy') => ({
  [`tombstones/${name}.yaml`]: writeRecord(newTombstone(name, data, '2026-11-19T14:31:40Z', 'Ada')),
});

describe('the effect between two commits', () => {
  it('is nothing between a commit and itself, and where only other files changed', async () => {
    const house = await reviewHouse();
    const one = await house.commit({ 'claworc.yaml': fleetText(), [ALPHA]: recordText('bot-alpha') });
    const two = await house.commit({ 'claworc.yaml': fleetText(), [ALPHA]: recordText('bot-alpha'), README: 'x' });

    expect((await house.between(one, one)).bots).toEqual([]);
    expect(await house.between(one, two)).toMatchObject({
      base: one,
      head: two,
      bots: [],
      problems: [],
      unrendered: [],
    });
  });

  it('says that a changed limit restarts the bot, with field, line, both values and the hunk of its Deployment', async () => {
    const house = await reviewHouse();
    const fleet = fleetText();
    const one = await house.commit({
      'claworc.yaml': fleet,
      [ALPHA]: recordText('bot-alpha'),
      [BETA]: recordText('bot-beta'),
    });
    const text = recordText('bot-alpha', { resources: { limits: { memory: '6Gi' } } });
    const two = await house.commit({ 'claworc.yaml': fleet, [ALPHA]: text, [BETA]: recordText('bot-beta') });

    const { bots, resources } = await house.between(one, two);

    expect(bots).toEqual([
      {
        name: 'bot-alpha',
        action: 'configure',
        restart: 'restart',
        data: 'none',
        words: ['The bot restarts: limits.memory 4Gi → 6Gi.'],
        fields: [
          {
            field: 'spec.resources.limits.memory',
            before: null,
            after: '6Gi',
            file: ALPHA,
            line: lineOf(text, 'memory: 6Gi'),
          },
        ],
        objects: [
          {
            kind: 'Deployment',
            name: 'bot-alpha',
            action: 'configure',
            file: 'dist/bot-alpha/deployment.yaml',
            patch: expect.stringMatching(/^-\s+memory: 4Gi\n\+\s+memory: 6Gi$/m) as string,
          },
        ],
      },
    ]);
    expect(resources).toEqual({
      before: { cpu: '1', memory: '2Gi', volumes: '50Gi', bots: 2 },
      after: { cpu: '1', memory: '2Gi', volumes: '50Gi', bots: 2 },
    });
  });

  it('restarts nobody for a display name, and says so', async () => {
    const house = await reviewHouse();
    const one = await house.commit({ 'claworc.yaml': fleetText(), [ALPHA]: recordText('bot-alpha') });
    const two = await house.commit({
      'claworc.yaml': fleetText(),
      [ALPHA]: recordText('bot-alpha', { displayName: 'Alpha' }),
    });

    const [bot] = (await house.between(one, two)).bots;

    expect(bot).toMatchObject({ action: 'configure', restart: 'no', data: 'none' });
    expect(bot?.words.join(' ')).toMatch(/goes on running|Nothing changes/);
  });

  it('does not say of a stopped bot that it goes on running', async () => {
    const house = await reviewHouse();
    const stopped = (limits: object) => recordText('bot-alpha', { state: 'stopped', resources: { limits } });
    const one = await house.commit({ 'claworc.yaml': fleetText(), [ALPHA]: stopped({ memory: '4Gi' }) });
    const two = await house.commit({ 'claworc.yaml': fleetText(), [ALPHA]: stopped({ memory: '8Gi' }) });

    const [bot] = (await house.between(one, two)).bots;

    expect(bot).toMatchObject({ action: 'configure', restart: 'no' });
    expect(bot?.words).toEqual(['Its Deployment changes; the bot is stopped and stays so.']);
  });

  it('sums what stopped bots leave of CPU and memory, and what new ones ask for', async () => {
    const house = await reviewHouse();
    const one = await house.commit({ 'claworc.yaml': fleetText(), [ALPHA]: recordText('bot-alpha') });
    const two = await house.commit({
      'claworc.yaml': fleetText(),
      [ALPHA]: recordText('bot-alpha', { state: 'stopped' }),
      [BETA]: recordText('bot-beta', { storage: { clawdbot: '5Gi', homebrew: '10Gi', clawd: '5Gi', chrome: '512Mi' } }),
    });

    const { bots, resources } = await house.between(one, two);

    expect(resources.after).toEqual({ cpu: '500m', memory: '1Gi', volumes: '46592Mi', bots: 2 });
    expect(bots.map(({ name, action, restart }) => [name, action, restart])).toEqual([
      ['bot-alpha', 'configure', 'stop'],
      ['bot-beta', 'create', 'start'],
    ]);
    expect(bots[1]?.words[0]).toContain('volumes clawdbot 5Gi, homebrew 10Gi, clawd 5Gi, chrome 512Mi');
  });

  it.each([
    ['retain', 'kept', 'retain', /four volumes stay/],
    ['destroy', 'destroyed', 'prune', /volumes are deleted with everything in them/],
  ] as const)('says of a removal with %s what becomes of the data', async (data, fate, action, words) => {
    const house = await reviewHouse();
    const fleet = { 'claworc.yaml': fleetText() };
    const one = await house.commit({ ...fleet, [ALPHA]: recordText('bot-alpha'), [BETA]: recordText('bot-beta') });
    const two = await house.commit({
      ...fleet,
      [BETA]: recordText('bot-beta', { restartedAt: '2026-11-19T14:31:40Z' }),
      ...grave('bot-alpha', data),
    });

    const { bots, unrendered } = await house.between(one, two);

    expect(bots.map(({ name }) => name)).toEqual(['bot-alpha', 'bot-beta']);
    expect(bots[0]).toMatchObject({ action: 'remove', restart: 'stop', data: fate });
    expect(bots[0]?.words).toEqual([expect.stringMatching(words)]);
    const claims = bots[0]?.objects
      .filter(({ kind }) => kind === 'PersistentVolumeClaim')
      .map((object) => object.action);
    expect(claims).toEqual([action, action, action, action]);
    expect(bots[1]?.words).toEqual(['The bot restarts: a restart was asked for.']);
    expect(unrendered).toEqual([]);
  });

  it('uses the rendering where dist/ is behind, and names the bots, a removal without its tombstone among them', async () => {
    const house = await reviewHouse();
    const fleet = { 'claworc.yaml': fleetText() };
    const one = await house.commit({ ...fleet, [ALPHA]: recordText('bot-alpha'), [BETA]: recordText('bot-beta') });
    const two = await house.commit(
      { ...fleet, [BETA]: recordText('bot-beta', { image: 'ghcr.io/x/moltbot:2' }) },
      { renders: false },
    );

    const { bots, unrendered } = await house.between(one, two);

    expect(unrendered).toEqual(['bot-alpha', 'bot-beta']);
    expect(bots[0]).toMatchObject({ name: 'bot-alpha', action: 'remove', data: 'kept' });
    expect(bots[0]?.words[0]).toContain('No tombstone says so yet');
    expect(bots[1]?.objects[0]?.patch).toContain('+          image: ghcr.io/x/moltbot:2');
  });

  it('names a bot of which everything is gone but no tombstone came, and bots that inherit what is not rendered yet', async () => {
    const house = await reviewHouse();
    const one = await house.commit({ 'claworc.yaml': fleetText(), [ALPHA]: recordText('bot-alpha') });
    const gone = await put(
      house.repository,
      Object.fromEntries(
        (await house.repository.diffCommits(null, one))
          .filter((path) => path.includes('bot-alpha'))
          .map((path) => [path, null]),
      ),
      one,
    );
    const image = await put(
      house.repository,
      { 'claworc.yaml': fleetText({ image: 'ghcr.io/x/moltbot:2' }), [ALPHA]: recordText('bot-alpha') },
      gone,
    );
    const whole = await house.between(one, image);

    expect((await house.between(one, gone)).unrendered).toEqual(['bot-alpha']);
    expect(whole.unrendered).toEqual(['bot-alpha']);
    expect(whole.bots[0]).toMatchObject({ name: 'bot-alpha', restart: 'restart', fields: [] });
  });

  it('names every bot that inherits a changed default, before anything of it is rendered', async () => {
    const house = await reviewHouse();
    const one = await house.commit({ 'claworc.yaml': fleetText(), [ALPHA]: recordText('bot-alpha') });
    const two = await put(house.repository, { 'claworc.yaml': fleetText({ image: 'ghcr.io/x/moltbot:2' }) }, one);

    const { bots, unrendered } = await house.between(one, two);

    expect(unrendered).toEqual(['bot-alpha']);
    expect(bots.map(({ name, restart }) => [name, restart])).toEqual([
      ['bot-alpha', 'restart'],
      ['fleet', 'no'],
    ]);
  });

  it('tells the effect of a rendering that a later commit brings', async () => {
    const house = await reviewHouse();
    const sources = { 'claworc.yaml': fleetText(), [ALPHA]: recordText('bot-alpha') };
    const one = await house.commit(sources, { renders: false });
    const two = await house.commit(sources);

    const [bot] = (await house.between(one, two)).bots;

    expect(bot).toMatchObject({ name: 'bot-alpha', restart: 'start', fields: [] });
    expect(bot?.objects.every(({ action }) => action === 'create')).toBe(true);
  });

  it('says that volumes grow, and that they are held where they would shrink or move', async () => {
    const house = await reviewHouse();
    const fleet = { 'claworc.yaml': fleetText() };
    const storage = { clawdbot: '5Gi', homebrew: '10Gi', clawd: '5Gi', chrome: '5Gi' };
    const one = await house.commit({
      ...fleet,
      [ALPHA]: recordText('bot-alpha', { storage }),
      [BETA]: recordText('bot-beta', { storage }),
    });
    const two = await house.commit({
      ...fleet,
      [ALPHA]: recordText('bot-alpha', { storage: { ...storage, clawd: '10Gi', chrome: '1Gi' } }),
      [BETA]: recordText('bot-beta', { storage: { ...storage, className: 'fast' } }),
    });

    const { bots } = await house.between(one, two);

    expect(bots[0]).toMatchObject({ name: 'bot-alpha', data: 'grown', restart: 'no' });
    expect(bots[0]?.words).toContain('The volume bot-alpha-clawd grows from 5Gi to 10Gi.');
    expect(bots[0]?.words).toContain(
      "The volume bot-alpha-chrome has 5Gi and can't shrink to 1Gi: it is held as it is.",
    );
    expect(bots[1]?.words[0]).toBe(
      "The volume bot-beta-chrome can't move from the default class to fast: it is held as it is.",
    );
  });

  it('names keys and never shows a value, and restarts every bot that uses a changed global one', async () => {
    const house = await reviewHouse();
    const sources = { 'claworc.yaml': fleetText(), [ALPHA]: recordText('bot-alpha') };
    const sealed = await sealedText('global', 'OPENAI_API_KEY', 'value-in-clear-1');
    const own = await sealedText('bot-alpha', 'BRAVE_API_KEY', 'value-in-clear-2');
    const one = await house.commit({ ...sources, 'secrets/global/openai-api-key.yaml': sealed });
    const two = await house.commit({
      ...sources,
      'secrets/global/openai-api-key.yaml': await sealedText('global', 'OPENAI_API_KEY', 'value-in-clear-3'),
      'secrets/bot-alpha/brave-api-key.yaml': own,
    });

    const effect = await house.between(one, two);

    expect(effect.bots.map(({ name, restart }) => [name, restart])).toEqual([
      ['bot-alpha', 'restart'],
      ['fleet', 'no'],
    ]);
    expect(effect.bots[0]?.fields).toEqual([
      {
        field: 'BRAVE_API_KEY',
        before: null,
        after: '****',
        file: 'secrets/bot-alpha/brave-api-key.yaml',
        line: expect.any(Number) as number,
      },
    ]);
    expect(effect.bots[1]?.words).toEqual(['The key OPENAI_API_KEY gets another value.']);
    expect(JSON.stringify(effect)).not.toContain('value-in-clear');
  });

  it('holds a broken record with its reason, and tells the others', async () => {
    const house = await reviewHouse();
    const fleet = { 'claworc.yaml': fleetText() };
    const one = await house.commit({ ...fleet, [ALPHA]: recordText('bot-alpha'), [BETA]: recordText('bot-beta') });
    const broken = recordText('bot-alpha').replace('clawd: 5Gi', 'clawd: 5GB');
    const two = await house.commit({ ...fleet, [ALPHA]: broken, [BETA]: recordText('bot-beta', { state: 'stopped' }) });

    const { bots, problems } = await house.between(one, two);

    const alpha = bots.find(({ name }) => name === 'bot-alpha');
    expect(alpha).toMatchObject({ action: 'configure', restart: 'no', objects: [] });
    expect(alpha?.words[0]).toMatch(/^It is held and left as it is: instances\/bot-alpha\.yaml: spec\.storage\.clawd/);
    expect(problems).toMatchObject([{ file: ALPHA, severity: 'error', line: lineOf(broken, '5GB') }]);
    expect(bots.find(({ name }) => name === 'bot-beta')?.restart).toBe('stop');
  });

  it('opens screens to all in words, and says whose settings a default of the fleet changes', async () => {
    const house = await reviewHouse();
    const ports = { chrome: 30100, terminal: 30101 };
    const one = await house.commit({
      'claworc.yaml': fleetText(),
      [ALPHA]: recordText('bot-alpha', { nodePorts: ports }),
      [BETA]: recordText('bot-beta', { image: 'own:1', exposure: 'proxy' }),
    });
    const two = await house.commit({
      'claworc.yaml': fleetText({ exposure: 'nodePort', image: 'ghcr.io/x/moltbot:2' }),
      [ALPHA]: recordText('bot-alpha', { nodePorts: ports }),
      [BETA]: recordText('bot-beta', { image: 'own:1', exposure: 'proxy' }),
    });

    const { bots } = await house.between(one, two);

    expect(bots.map(({ name }) => name)).toEqual(['bot-alpha', 'fleet']);
    expect(bots[0]?.words).toEqual([
      expect.stringMatching(/^The bot restarts: image .* → ghcr\.io\/x\/moltbot:2\.$/),
      'Its screens are open to all on the node ports 30100 and 30101.',
    ]);
    expect(bots[1]?.fields.map(({ field }) => field).sort()).toEqual(['spec.exposure', 'spec.image']);
  });

  it('is the same each time, and in full from nothing', async () => {
    const house = await reviewHouse();
    const one = await house.commit({ 'claworc.yaml': fleetText(), [ALPHA]: recordText('bot-alpha') });
    const two = await house.commit({
      'claworc.yaml': fleetText(),
      [ALPHA]: recordText('bot-alpha', { env: { A: '1' } }),
    });

    const first = await house.between(one, two);
    await house.between(null, one);

    expect(JSON.stringify(await house.between(one, two))).toBe(JSON.stringify(first));
    expect((await house.between(null, one)).bots.map(({ name, action }) => [name, action])).toEqual([
      ['fleet', 'configure'],
      ['bot-alpha', 'create'],
    ]);
  });
});

function lineOf(text: string, part: string): number {
  return text.split('\n').findIndex((line) => line.includes(part)) + 1;
}
