import type { ControlPlane } from '../../test/control-plane/control-plane.ts';

const KINDS = 'deployments services persistentvolumeclaims configmaps secrets networkpolicies namespaces'.split(' ');
const VERBS = ['GET', 'LIST', 'WATCH', 'APPLY', 'POST', 'PATCH', 'DELETE'];

/** Requests that the API server has answered for the kinds of a fleet, by verb; a dry run has a verb of its own. */
export async function requestsSoFar({ kubectl }: ControlPlane): Promise<ReadonlyMap<string, number>> {
  const { stdout, stderr, code } = await kubectl(['get', '--raw', '/metrics']);
  if (code !== 0) throw new Error(stderr);
  const counts = new Map<string, number>();
  for (const line of stdout.split('\n')) {
    const [, labels = '', value = ''] = /^apiserver_request_total\{(.*)\} (\S+)$/.exec(line) ?? [];
    const of = (label: string): string => new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels)?.[1] ?? '';
    if (!KINDS.includes(of('resource')) || !VERBS.includes(of('verb'))) continue;
    const verb = of('dry_run') === 'All' ? `dry ${of('verb')}` : of('verb');
    counts.set(verb, (counts.get(verb) ?? 0) + Number(value));
  }
  return counts;
}

/** What came since, e.g. `APPLY 80, GET 1`. */
export function requestsSince(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): string {
  return [...now]
    .map(([verb, count]) => [verb, count - (before.get(verb) ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .map(([verb, count]) => `${verb} ${count}`)
    .sort()
    .join(', ');
}
