import type { Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { createIdentity, loadIdentity, type AgeIdentity } from '../../secrets/identity.ts';

export interface OpenedIdentity {
  readonly identity: AgeIdentity;
  readonly file: string;
  /** True on a first start: somebody should keep a copy. */
  readonly isNew: boolean;
}

/**
 * The identity that opens API keys. Made where there is none and `mayCreate`; a named file must exist. Throws `secrets`
 * with what to do.
 */
export async function openIdentity(
  file: string,
  { mayCreate, clock, log }: { readonly mayCreate: boolean; readonly clock: Clock; readonly log: Log },
): Promise<OpenedIdentity> {
  const loaded = await loadIdentity(file);
  if (loaded.ok) {
    if (loaded.warning !== null) log.warn(loaded.warning);
    return { identity: loaded.identity, file, isNew: false };
  }
  if (loaded.code !== 'missing' || !mayCreate) throw new ClaworcError('secrets', loaded.reason, { subject: file });
  return { identity: await createIdentity(file, { clock }), file, isNew: true };
}
