import type { RemovedUnit } from '../../desired/desired-state.ts';

/** `bot`: what runs and serves it, with its volumes where its tombstone says so. `kept_data`: volumes that outlived it. */
export type RemovalKind = 'bot' | 'kept_data';

/** Why a removal doesn't begin now: a person has to approve it, its turn or the end of its wait has to come. */
export type RemovalWait = 'approval' | 'turn' | 'delay';

/** Why a removal may not begin now, with what it waits for; undefined lets it go. */
export type RemovalGate = (
  desired: RemovedUnit,
  kind: RemovalKind,
) => { readonly wait: RemovalWait | 'count'; readonly reason: string } | undefined;
