import { START_COMMAND } from '../../lib/start-command.ts';
import type { ClusterConnection } from '../../cluster/connection.ts';
import type { ApiFailure } from '../../cluster/errors.ts';
import type { ObservedConnection } from './observed.ts';

export interface ConnectionFacts {
  /** Null: no cluster was named. */
  readonly connection: Pick<ClusterConnection, 'context' | 'server'> | null;
  readonly identity: string | null;
  readonly isAdmitted: boolean;
  /** Every kind was read whole. */
  readonly isSynced: boolean;
  readonly trouble: ApiFailure | null;
  readonly lastSeen: string | null;
}

const NO_CLUSTER = `No cluster is named. \`${START_COMMAND} --kubeconfig ~/.kube/config\` starts Claworc with one (--context names another of it); editing and publishing go on without.`;

export function observeConnection(facts: ConnectionFacts): ObservedConnection {
  const { connection, identity, isAdmitted, isSynced, trouble, lastSeen } = facts;
  if (connection === null) {
    return { state: 'none', context: null, server: null, identity: null, detail: NO_CLUSTER, lastSeen };
  }
  const { context, server } = connection;
  const known = { context, server, identity, lastSeen };
  if (trouble !== null) {
    const isRefused = trouble.type === 'forbidden' || trouble.type === 'unauthorized';
    const detail = describeTrouble(trouble);
    return { ...known, state: 'unreachable', detail, ...(isRefused && { blind: 'refused' as const }) };
  }
  if (!isSynced) {
    return { ...known, state: 'unreachable', detail: `Reading what is in ${context} (${server}).`, blind: 'reading' };
  }
  if (!isAdmitted) {
    const detail = `Cluster ${context} (${server}) was not accepted yet: nothing is written to it before that.`;
    return { ...known, state: 'offered', detail };
  }
  return { ...known, state: 'connected', detail: '' };
}

function describeTrouble(trouble: ApiFailure): string {
  const message = /[.!?]$/.test(trouble.message) ? trouble.message : `${trouble.message}.`;
  switch (trouble.type) {
    case 'forbidden':
      return `The cluster refuses what Claworc needs: ${message} Give its account the missing right; Claworc goes on by itself.`;
    case 'unauthorized':
      return `The cluster does not accept the credentials: ${message} Renew them; Claworc goes on by itself.`;
    case 'unreachable':
    case 'throttled':
    case 'server':
    case 'expired':
    case 'quota_busy':
    case 'stale':
    case 'exists':
    case 'invalid':
    case 'not_found':
    case 'namespace_missing':
    case 'namespace_terminating':
    case 'over_quota':
    case 'field_conflict':
      return `${message} Claworc goes on by itself when it answers.`;
  }
}
