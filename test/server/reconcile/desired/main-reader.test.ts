import { describe, expect, it } from 'vitest';
import { createMainReader } from '../../../../server/reconcile/desired/main-reader.ts';
import { fleetText, recordText, reviewHouse } from '../../services/review/fixture.ts';

const ALPHA = 'instances/bot-alpha.yaml';
const STRICT = fleetText({ policy: { maxPerBot: { memory: '4Gi' } } });
const LOOSE = fleetText({ policy: { maxPerBot: { memory: '16Gi' } } });
const LARGE = recordText('bot-alpha', { resources: { limits: { memory: '8Gi' } } });

describe('main under its policy', () => {
  it('holds a bot in the commit that loosens the policy for it, and lets it in with the next one', async () => {
    const house = await reviewHouse();
    const reader = createMainReader(house.repository);
    const unit = async () => (await reader.read())?.units.get('bot-alpha');
    await house.commit({ 'claworc.yaml': STRICT, [ALPHA]: recordText('bot-alpha') });
    expect(await unit()).toMatchObject({ state: 'present' });

    await house.commit({ 'claworc.yaml': LOOSE, [ALPHA]: LARGE });
    const held = { state: 'held', reason: expect.stringContaining('over 4Gi, spec.policy.maxPerBot.memory') as string };
    expect(await unit()).toMatchObject(held);
    expect(await unit()).toMatchObject(held);
    expect(
      await createMainReader(house.repository)
        .read()
        .then((state) => state?.units.get('bot-alpha')),
    ).toMatchObject(held);

    await house.commit({ 'claworc.yaml': LOOSE, [ALPHA]: LARGE, 'instances/bot-beta.yaml': recordText('bot-beta') });
    expect(await unit()).toMatchObject({ state: 'present' });
  });

  it('holds what the policy of its own commit refuses', async () => {
    const house = await reviewHouse();
    await house.commit({ 'claworc.yaml': STRICT, [ALPHA]: LARGE, 'instances/bot-beta.yaml': recordText('bot-beta') });

    const state = await createMainReader(house.repository).read();

    expect(state?.units.get('bot-alpha')).toMatchObject({ state: 'held' });
    expect(state?.units.get('bot-beta')).toMatchObject({ state: 'present' });
  });
});
