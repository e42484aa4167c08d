import type { DesiredState } from '../../desired/desired-state.ts';
import { nodePortsOf } from '../../desired/node-ports.ts';
import { unitOf } from '../../desired/stamp.ts';
import type { LiveIndex } from '../../live/live-index.ts';
import type { Lineage } from '../lineage.ts';
import type { NamespaceHold } from '../namespace-hold.ts';
import type { PlanContext } from '../plan-context.ts';
import type { UnitPlan } from '../plan-types.ts';
import type { Finding } from './finding.ts';
import { findMarks } from './find-marks.ts';
import { findOrphans } from './find-orphans.ts';
import { findParent } from './find-parents.ts';

export interface FleetFacts {
  readonly namespace: string;
  readonly version: string;
  readonly desired: DesiredState;
  readonly index: LiveIndex;
  readonly units: readonly UnitPlan[];
  readonly lineage: Lineage;
  readonly hold: NamespaceHold | null;
  readonly planContext: (unit: string) => PlanContext;
}

/** What is not as Claworc leaves a namespace: the gravest first, for the same facts in the same order. */
export function findFaults(facts: FleetFacts): readonly Finding[] {
  const { desired, index, namespace, version, planContext } = facts;
  const names = new Set([...desired.units.keys(), ...index.units()]);
  const parents = [...desired.units.values()].flatMap(
    (unit) => findParent(unit, index.unit(unit), { namespace, version }) ?? [],
  );
  const found = [
    ...findDoubles(facts),
    ...findMarks(index.objects(), names, namespace),
    ...parents,
    ...findLostMarks(facts),
    ...findPortClashes(facts),
    ...findOrphans(desired, index, planContext),
  ];
  return found.toSorted((a, b) => rank(a) - rank(b));
}

const ORDER: readonly Finding['kind'][] = ['double_fleet', 'foreign_parent', 'double_parent', 'other_set'];
const rank = ({ kind }: Finding): number => {
  if (kind === 'retained') return ORDER.length + 1;
  const at = ORDER.indexOf(kind);
  return at < 0 ? ORDER.length : at;
};

function findDoubles({ lineage, hold }: FleetFacts): readonly Finding[] {
  const fault = { kind: 'double_fleet', unit: null, objects: [] } as const;
  const why = "where two repositories are applied to one namespace, each takes the other's bots for its own";
  return [
    ...(hold === null ? [] : [{ ...fault, what: hold.words, why: 'one fleet could run twice', help: '' }]),
    ...('reason' in lineage && (lineage.order === 'missing' || lineage.order === 'apart')
      ? [
          {
            ...fault,
            what: lineage.reason,
            why,
            help: 'where it is another repository, give each a namespace of its own; else `claworc apply --allow-older` goes on from this commit',
          },
        ]
      : []),
  ];
}

function findLostMarks({ units }: FleetFacts): readonly Finding[] {
  return units.flatMap(({ unit, actions }) =>
    actions
      .filter(({ keptBy }) => keptBy === 'lost_marks')
      .map(({ kind, name, reason }): Finding => ({
        kind: 'lost_marks',
        unit,
        objects: [`${kind} ${name}`],
        what: `${kind} ${name} of ${unit} has lost marks that Claworc gave it`,
        why: 'an object without its marks is never deleted: that may be what somebody wanted',
        help: reason,
      })),
  );
}

function findPortClashes({ desired, index }: FleetFacts): readonly Finding[] {
  const owners = new Map([...desired.nodePorts].flatMap(([unit, ports]) => ports.map((port) => [port, unit] as const)));
  return [...index.objects()].flatMap((service) =>
    nodePortsOf(service).flatMap((port): readonly Finding[] => {
      const unit = owners.get(port);
      const holder = unitOf(service);
      // Another bot of the commit lets it go when it is applied.
      if (unit === undefined || holder === unit || (holder !== undefined && desired.units.has(holder))) return [];
      const { name } = service.metadata;
      return [
        {
          kind: 'port_clash',
          unit,
          objects: [`Service ${name}`],
          what: `Service ${name}${holder === undefined ? '' : ` of ${holder}`} has node port ${port}, which the commit gives to ${unit}`,
          why: `the cluster gives a port once: ${unit} can't have it while that Service lives`,
          help: `let that Service go, or give ${unit} another pair of ports`,
        },
      ];
    }),
  );
}
