import { unitOfScope } from '../../../constructs/repo/paths.ts';
import type { Snapshots } from '../../git/read/snapshots.ts';
import type { ProposedKey } from '../../http/schemas/proposals.ts';
import { keyChanges } from '../review/key-changes.ts';

/** API keys that a branch at `head` has otherwise than main, out of those that it changed since it left main at `base`. */
export async function keysBetween(
  snapshots: Pick<Snapshots, 'at'>,
  { main, base, head }: { readonly main: string; readonly base: string; readonly head: string },
): Promise<readonly ProposedKey[]> {
  const ours = (await snapshots.at(main)).repo;
  const before = (await snapshots.at(base)).repo;
  const mine = (await snapshots.at(head)).repo;
  const scopes = new Set([...before.keys.values(), ...mine.keys.values()].map(({ scope }) => scope));
  return [...scopes].sort().flatMap((scope) => {
    const changed = new Set(keyChanges(before, mine, scope).map(({ key }) => key));
    return keyChanges(ours, mine, scope).flatMap(({ key, what }) =>
      changed.has(key)
        ? [{ unit: unitOfScope(scope), key, what: what === 'resealed' ? ('changed' as const) : what }]
        : [],
    );
  });
}
