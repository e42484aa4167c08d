import { compareQuantities } from '../../../constructs/schema/quantity.ts';
import type { Instance } from '../../../server/http/schemas/instance.ts';

/** The groups of the fleet in the order in which they are read: what needs a person comes first. */
export const GROUPS = ['attention', 'changing', 'running', 'stopped'] as const;
export type Group = (typeof GROUPS)[number];

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  attention: 'Needs attention',
  changing: 'Changing',
  running: 'Running',
  stopped: 'Stopped',
};

export const SORTS = ['name', 'status', 'sync', 'cpu', 'memory', 'created'] as const;
export type SortKey = (typeof SORTS)[number];

/** What the address of the fleet page says. `status` sorted ascending is "needs attention first", with groups. */
export interface FleetQuery {
  readonly show: Group | 'drafts' | 'suspended' | 'all';
  readonly text: string;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/**
 * The one group that a bot is listed and counted under. A stopped bot whose commit isn't applied yet is stopped: nothing
 * of it moves, with or without a cluster. Nor does anything of one that only waits in a proposal, or is suspended: what differs
 * of that one asks for nobody.
 */
export function groupOf(bot: Pick<Instance, 'status' | 'sync' | 'revision' | 'live_revision' | 'reconcile'>): Group {
  const { status, sync, reconcile } = bot;
  const isLeftAlone = reconcile.mode === 'suspend';
  if (status === 'error' || sync === 'failed' || (sync === 'drifted' && !isLeftAlone)) return 'attention';
  if (status === 'creating' || sync === 'draft') return 'changing';
  const isOnItsWay = sync === 'published' || (sync === 'proposed' && bot.live_revision !== bot.revision);
  return isOnItsWay && status === 'running' && reconcile.mode === 'apply' ? 'changing' : status;
}

/** Each bot is behind one chip, that of its group; drafts are a choice of their own. */
export function matchesShow(instance: Instance, show: FleetQuery['show']): boolean {
  switch (show) {
    case 'all':
      return true;
    case 'drafts':
      return instance.sync === 'draft';
    case 'suspended':
      return instance.reconcile.mode !== 'apply';
    case 'attention':
    case 'changing':
    case 'running':
    case 'stopped':
      return groupOf(instance) === show;
  }
}

function matchesText(instance: Instance, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === '' || instance.display_name.toLowerCase().includes(wanted) || instance.name.includes(wanted);
}

const byName = (a: Instance, b: Instance): number =>
  a.display_name.localeCompare(b.display_name, 'en', { numeric: true, sensitivity: 'base' });

const SYNC_ORDER: readonly string[] = ['failed', 'drifted', 'draft', 'proposed', 'published', 'applied'];

const COMPARE: Readonly<Record<SortKey, (a: Instance, b: Instance) => number>> = {
  name: byName,
  status: (a, b) => GROUPS.indexOf(groupOf(a)) - GROUPS.indexOf(groupOf(b)) || urgency(a) - urgency(b),
  sync: (a, b) => SYNC_ORDER.indexOf(a.sync) - SYNC_ORDER.indexOf(b.sync),
  cpu: (a, b) => compareQuantities(a.cpu_limit, b.cpu_limit),
  memory: (a, b) => compareQuantities(a.memory_limit, b.memory_limit),
  created: (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at),
};

/** Inside a group: a broken bot before a broken write, a bot on its way before a waiting write. */
function urgency(instance: Instance): number {
  return instance.status === 'error' || instance.status === 'creating' ? 0 : 1;
}

/** The bots that a query shows, in its order; ties by name. */
export function selectInstances(instances: Iterable<Instance>, query: FleetQuery): Instance[] {
  const chosen = [...instances].filter(
    (instance) => matchesShow(instance, query.show) && matchesText(instance, query.text),
  );
  const compare = COMPARE[query.sort];
  const direction = query.descending ? -1 : 1;
  return chosen.sort((a, b) => direction * compare(a, b) || byName(a, b));
}

/** Only the default order has groups; any other order would tear them apart. */
export function isGrouped(query: FleetQuery): boolean {
  return query.sort === 'status' && !query.descending;
}

export function readFleetQuery(search: URLSearchParams): FleetQuery {
  const show = search.get('show') ?? 'all';
  const sort = search.get('sort') ?? 'status';
  return {
    show:
      show === 'drafts' || show === 'suspended' || (GROUPS as readonly string[]).includes(show)
        ? (show as FleetQuery['show'])
        : 'all',
    text: search.get('q') ?? '',
    sort: (SORTS as readonly string[]).includes(sort) ? (sort as SortKey) : 'status',
    descending: search.get('dir') === 'desc',
  };
}

/** The address of a query; defaults are left out, so that the plain fleet is `./`. */
export function fleetAddress(query: FleetQuery): string {
  const search = new URLSearchParams();
  if (query.show !== 'all') search.set('show', query.show);
  if (query.text !== '') search.set('q', query.text);
  if (query.sort !== 'status') search.set('sort', query.sort);
  if (query.descending) search.set('dir', 'desc');
  const text = search.toString();
  return text === '' ? './' : `./?${text}`;
}
