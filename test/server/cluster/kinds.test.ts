import { expect, it } from 'vitest';
import { KINDS } from '../../../constructs/kinds.ts';
import { LeavableKindSchema } from '../../../constructs/schema/fleet.ts';
import { MANAGED_RESOURCES } from '../../../server/cluster/resources.ts';

it('what may be rendered is what is applied, and all of it but keys may be left to the cluster', () => {
  const applied = Object.values(MANAGED_RESOURCES).map(({ kind, apiVersion }) => [kind, apiVersion]);
  expect(Object.fromEntries(applied)).toEqual(KINDS);
  const leavable: readonly string[] = LeavableKindSchema.anyOf.map((kind) => kind.const);
  expect(leavable.toSorted()).toEqual(Object.keys(KINDS).filter((kind) => kind !== 'Secret'));
});
