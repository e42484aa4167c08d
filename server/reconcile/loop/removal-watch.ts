import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { clusterError } from '../../cluster/errors.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { approveRemovals, forgetApprovals } from '../apply/approve-removals.ts';
import { parentNameOf } from '../desired/applyset-id.ts';
import type { DesiredState } from '../desired/desired-state.ts';
import type { ClusterSession } from '../live/cluster-session.ts';
import { fleetParent } from '../plan/lineage.ts';
import type { RemovalGate } from '../plan/removals/gate.ts';
import { createRemovalLedger, type RemovalLedger } from '../plan/removals/ledger.ts';
import { pendingRemovals, type PendingRemovals } from '../plan/removals/pending.ts';
import { approvalMoved } from '../plan/removals/words.ts';
import type { ApprovalOf } from './reconciler.ts';

export interface RemovalWatchOptions {
  readonly api: ClusterApi | null;
  readonly clock: Clock;
  /** What removals are weighed from; null while nothing may be removed or compared. */
  readonly facts: () => { readonly desired: DesiredState; readonly session: ClusterSession } | null;
  readonly mayWrite: () => boolean;
  /** Units of which something else holds than before. */
  readonly onUnits: (units: readonly string[]) => void;
}

/** Keeps the verdict about removals as main, the cluster, approvals and the time have it. */
export interface RemovalWatch {
  readonly gate: RemovalGate;
  /** Weighs now. */
  weigh(): void;
  /** These units changed in the cluster: weighs in a moment where that may matter. */
  note(units: Iterable<string>): void;
  /** Writes an approval down. Throws `conflict` where something else waits now. */
  approve(asked: ApprovalOf): Promise<void>;
  /** Null where nothing waits. */
  pending(): PendingRemovals | null;
  /** Another cluster or namespace: nothing that was let go counts. */
  forget(): void;
  stop(): void;
}

/** Events come in bursts and are weighed once. */
const GATHER_MS = 20;
const RETRY_MS = 5_000;
const LONGEST_MS = 60_000;

export function createRemovalWatch({ api, clock, facts, mayWrite, onUnits }: RemovalWatchOptions): RemovalWatch {
  let ledger: RemovalLedger = createRemovalLedger();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let isTidying = false;

  const weighIn = (ms: number): void => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(weigh, ms);
  };
  const weigh = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const now = facts();
    if (now === null) return;
    const changed = ledger.weigh(now.desired, now.session.index, clock.now());
    const nextAt = ledger.verdict()?.nextAt ?? null;
    if (nextAt !== null) weighIn(Math.min(Math.max(GATHER_MS, nextAt - clock.now()), LONGEST_MS));
    if (changed.length > 0) onUnits(changed);
    void tidy(now.session);
  };
  /** Takes approvals that are over out of the cluster; what can't be written now is tried again in a moment. */
  const tidy = async ({ index, namespace }: ClusterSession): Promise<void> => {
    const parent = fleetParent(index);
    const over = ledger.overApprovals(clock.now());
    if (api === null || parent === undefined || over.size === 0 || isTidying || !mayWrite()) return;
    isTidying = true;
    const written = await forgetApprovals({ api, namespace, parent }, over);
    isTidying = false;
    if (written.ok) index.put(written.value);
    weighIn(written.ok ? GATHER_MS : RETRY_MS);
  };

  return {
    gate: (desired, kind) => ledger.gate(desired, kind),
    weigh,
    note(units) {
      if (ledger.concerns(units)) weighIn(GATHER_MS);
    },
    async approve({ commit, hash }) {
      const now = facts();
      const verdict = now === null ? null : ledger.verdict();
      if (api === null || now === null || verdict === null) {
        throw new ClaworcError(
          'conflict',
          'Nothing is removed now, so that nothing can be approved; load the page again.',
        );
      }
      if (verdict.hash === null || verdict.hash !== hash || verdict.commit !== commit)
        throw approvalMoved(verdict.commit, verdict.hash);
      const { namespace, index } = now.session;
      const read = await api.get(MANAGED_RESOURCES.ConfigMap, namespace, parentNameOf(FLEET_UNIT));
      const subject = `ConfigMap ${parentNameOf(FLEET_UNIT)}`;
      if (!read.ok) throw clusterError(read.failure, subject);
      const written = await approveRemovals({ api, namespace, parent: read.value }, verdict, clock.now());
      if (!written.ok) throw clusterError(written.failure, subject);
      index.put(written.value);
      weigh();
    },
    pending: () => {
      const verdict = facts() === null ? null : ledger.verdict();
      return verdict === null ? null : pendingRemovals(verdict);
    },
    forget() {
      ledger = createRemovalLedger();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
