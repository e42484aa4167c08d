import { describe, expect, it } from 'vitest';
import { fleetText, recordText, reviewHouse } from './fixture.ts';

const ALPHA = 'instances/bot-alpha.yaml';
const BETA = 'instances/bot-beta.yaml';
const FLEET = { 'claworc.yaml': fleetText() };
const SOUND = { ...FLEET, [ALPHA]: recordText('bot-alpha'), [BETA]: recordText('bot-beta') };
const BROKEN = recordText('bot-beta').replace('clawd: 5Gi', 'clawd: 5GB');

describe('what is told of a bot that is held', () => {
  it('counts it as it lives, and says of no field that it went: a broken record was summed as a bot that left', async () => {
    const house = await reviewHouse();
    const one = await house.commit(SOUND);
    const two = await house.commit({ ...SOUND, [BETA]: BROKEN });

    const { bots, resources } = await house.between(one, two);

    expect(bots).toMatchObject([{ name: 'bot-beta', action: 'configure', restart: 'no', fields: [] }]);
    expect(resources.after).toEqual(resources.before);
    expect(resources.after.bots).toBe(2);
  });

  it('does not stop when its record stands in a misnamed file: nothing of it is removed, and a diff said that it stops', async () => {
    const house = await reviewHouse();
    const one = await house.commit(SOUND);
    const { [BETA]: record, ...rest } = SOUND;
    const two = await house.commit({ ...rest, 'instances/bot-gamma.yaml': record }, { renders: false });

    const { bots, resources } = await house.between(one, two);

    expect(bots).toMatchObject([{ name: 'bot-beta', action: 'configure', restart: 'no', objects: [], fields: [] }]);
    expect(bots[0]?.words).toEqual([
      'It is held and left as it is: its record is gone from its place, and a file that can’t be read may stand for it.',
    ]);
    expect(resources.after).toEqual(resources.before);
  });

  it('is not removed by a tombstone that the policy refuses: the head line said that it goes with its data', async () => {
    const house = await reviewHouse();
    const strict = { 'claworc.yaml': fleetText({ policy: { removals: 'keepData' } }) };
    const one = await house.commit({ ...SOUND, ...strict });
    const tombstone = [
      'apiVersion: claworc.dev/v1alpha1',
      'kind: Tombstone',
      'metadata: {name: bot-beta, annotations: {config.kubernetes.io/local-config: "true"}}',
      'spec: {data: destroy, at: "2026-11-27T08:04:04Z", by: Ada}\n',
    ].join('\n');
    const two = await house.commit({ ...strict, [ALPHA]: SOUND[ALPHA], 'tombstones/bot-beta.yaml': tombstone });

    const { bots, resources } = await house.between(one, two);

    expect(bots).toMatchObject([{ name: 'bot-beta', action: 'configure', restart: 'no', data: 'none' }]);
    expect(bots[0]?.words[0]).toMatch(/^It is held and left as it is: tombstones\/bot-beta\.yaml/);
    expect(resources.after).toEqual(resources.before);
  });

  it('is no new bot when its record can be read again', async () => {
    const house = await reviewHouse();
    const one = await house.commit(SOUND);
    const two = await house.commit({ ...SOUND, [BETA]: BROKEN });
    const mended = recordText('bot-beta', { displayName: 'Mended' });
    const three = await house.commit({ ...SOUND, [BETA]: mended });

    const { bots, resources } = await house.between(two, three);

    expect(bots).toMatchObject([{ name: 'bot-beta', action: 'configure', restart: 'no', fields: [], objects: [] }]);
    expect(bots[0]?.words).toEqual(['Its record can be read again.']);
    expect(resources).toEqual((await house.between(one, three)).resources);
  });

  it('is every bot while claworc.yaml is broken: the sums said that none asks for anything', async () => {
    const house = await reviewHouse();
    const one = await house.commit(SOUND);
    const two = await house.commit({ ...SOUND, 'claworc.yaml': 'kind: Fleet\n' }, { renders: false });

    const { resources } = await house.between(one, two);

    expect(resources.after).toEqual(resources.before);
  });
});
