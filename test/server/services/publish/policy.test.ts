import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../../../constructs/schema/index.ts';
import { listOpenEdits } from '../../../../server/store/outbox.ts';
import { change, editOf, FLEET, openFurnishedHouse, withSpec } from './fixture.ts';

const fleetWith = (memory: string): Fleet => ({ ...FLEET, spec: { ...FLEET.spec, policy: { maxPerBot: { memory } } } });
const STRICT = fleetWith('4Gi');
const LOOSE = fleetWith('16Gi');

describe('an edit under the policy of main', () => {
  it('that was saved when main took it, and comes to one that takes proposals alone, waits and says what to do', async () => {
    const house = await openFurnishedHouse('bot-a');
    const next: Fleet = { ...FLEET, spec: { ...FLEET.spec, publish: 'propose' } };
    const record = house.record('bot-a');
    const stopped = change(record, withSpec(record, { state: 'stopped' }));
    const larger = editOf('More', change(record, withSpec(record, { resources: { limits: { memory: '8Gi' } } })));

    house.publisher.submit(editOf('Proposals alone', { kind: 'Fleet', base: FLEET, next }));
    const settled = await house.publish(larger);

    expect(settled).toMatchObject({ state: 'failed', detail: expect.stringContaining('?proposal=N') as string });
    expect(listOpenEdits(house.store.reader).map(({ message }) => message)).toEqual(['More']);
    await house.published(editOf('Stop', stopped));
  });

  it('is refused where it asks for more, also when it loosens the policy itself, and passes once main is looser', async () => {
    const house = await openFurnishedHouse('bot-a');
    await house.published(editOf('Be strict', { kind: 'Fleet', base: FLEET, next: STRICT }));
    const base = house.record('bot-a');
    const larger = withSpec(base, { resources: { limits: { memory: '8Gi' } } });
    const loosen = { kind: 'Fleet', base: STRICT, next: LOOSE } as const;
    const reason = expect.stringMatching(
      /^instances\/bot-a\.yaml: spec\.resources\.limits\.memory the limit 8Gi is over 4Gi/,
    ) as string;

    expect(await house.publish(editOf('More', change(base, larger)))).toMatchObject({
      state: 'failed',
      detail: reason,
    });
    expect(await house.publish(editOf('Both', loosen, change(base, larger)))).toMatchObject({
      state: 'failed',
      detail: reason,
    });
    await house.published(editOf('Loosen', loosen));
    await house.published(editOf('More', change(base, larger)));
    expect(house.record('bot-a').spec.resources?.limits?.memory).toBe('8Gi');
  });
});
