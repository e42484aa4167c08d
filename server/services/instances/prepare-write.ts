import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { listUnrendered } from '../../store/unrendered.ts';
import type { AppContext } from '../app-context.ts';
import { prepareEdit, type PreparedEdit } from '../publish/prepare-edit.ts';
import { conflictError, editOf, type PlannedWrite } from './write.ts';

/** What a planned write would make of main as it is now. */
export interface PreparedWrite {
  readonly main: Snapshot;
  /** `nothing`: main has it already. */
  readonly prepared: Extract<PreparedEdit, { readonly state: 'ready' | 'nothing' }>;
}

/** Puts the planned documents on top of main, as publishing would; nothing is written. Throws `conflict` as it would. */
export async function prepareWrite(context: AppContext, write: PlannedWrite): Promise<PreparedWrite> {
  const { repository, snapshots, store } = context;
  const main = await snapshots.at(await repository.head());
  const byHand = listUnrendered(store.reader, 'hand').map(({ unit }) => unit);
  const prepared = await prepareEdit(snapshots, main, editOf(context, write), new Set(byHand));
  if (prepared.state === 'conflict') throw conflictError(prepared.conflicts);
  if (prepared.state === 'failed') throw new ClaworcError('conflict', prepared.detail);
  return { main, prepared };
}
