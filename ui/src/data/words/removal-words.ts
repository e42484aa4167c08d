import type { Removals } from '../../../../server/http/schemas/removals.ts';

export type WaitingRemoval = Removals['bots'][number];

export const isAsked = ({ waits_for }: WaitingRemoval): boolean => waits_for === 'approval';

/** What an approval does to the data. */
export function fateWords({ kind, data }: WaitingRemoval): string {
  if (kind === 'kept_data') return 'left before; its kept volumes are destroyed after a delay';
  return data === 'destroy' ? 'its volumes are destroyed with it' : 'its volumes are kept';
}
