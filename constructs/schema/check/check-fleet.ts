import type { BotInstance } from '../bot-instance.ts';
import { rolloutIssues } from './check-rollout.ts';
import { checkAmount, checkLimits } from './check-amounts.ts';
import { policyIssues, ruleIssues } from './check-policy.ts';
import { envIssues, imageIssues, localConfigIssues } from './check-record.ts';
import { textIssues } from './check-text.ts';
import { VOLUMES } from '../common.ts';
import { explain } from '../explain/explain.ts';
import { FleetSchema, RENDERING, type Fleet } from '../fleet.ts';
import { leftFieldIssues } from '../left-fields.ts';
import { problemOf, type Issue } from '../explain/issue.ts';
import type { Problem } from '../problem.ts';
import { rulePlace } from '../policy-owners.ts';

/** What is wrong with claworc.yaml by itself, as problems of `file`. */
export function validateFleet(value: unknown, file = 'claworc.yaml'): readonly Problem[] {
  return fleetIssues(value).map((issue) => problemOf(file, issue));
}

export function fleetIssues(value: unknown): readonly Issue[] {
  const shape = explain(FleetSchema, value);
  if (shape.length > 0) return shape;
  const unfit = textIssues(value);
  if (unfit.length > 0) return unfit;
  const { metadata, spec } = value as Fleet;
  const issues: Issue[] = [...localConfigIssues(metadata.annotations), ...namespaceIssues(spec.namespace)];
  for (const side of ['requests', 'limits'] as const) {
    for (const what of ['cpu', 'memory'] as const) {
      issues.push(...checkAmount(what, spec.resources[side][what], ['spec', 'resources', side, what]));
    }
  }
  for (const volume of VOLUMES) {
    issues.push(...checkAmount('storage', spec.storage[volume], ['spec', 'storage', volume]));
  }
  if (spec.rendering > RENDERING) {
    const message = `this program renders version ${RENDERING} at most; a newer Claworc is needed`;
    issues.push({ path: ['spec', 'rendering'], on: 'value', message });
  }
  issues.push(...leftFieldIssues(value as Fleet), ...ruleIssues(value as Fleet), ...rolloutIssues(value as Fleet));
  issues.push(...imageIssues(spec.image), ...envIssues(spec.env ?? {}, ['spec', 'env']));
  if (!isAllowedImage(spec.image, value as Fleet)) {
    issues.push({ path: ['spec', 'image'], on: 'value', message: outsidePolicy(spec.image, value as Fleet) });
  }
  return issues.length > 0 ? issues : checkLimits(spec.resources.requests, spec.resources.limits);
}

function namespaceIssues(namespace: string): readonly Issue[] {
  if (!namespace.startsWith('kube-')) return [];
  return [
    { path: ['spec', 'namespace'], on: 'value', message: `${namespace} belongs to Kubernetes itself; choose another` },
  ];
}

/** What is wrong with a valid record in a valid fleet: values of both taken together. */
export function recordIssuesInFleet(record: BotInstance, fleet: Fleet): readonly Issue[] {
  const issues: Issue[] = [];
  const { image, resources, exposure, nodePorts } = record.spec;
  if (image !== undefined && !isAllowedImage(image, fleet)) {
    issues.push({ path: ['spec', 'image'], on: 'value', message: outsidePolicy(image, fleet) });
  }
  if (exposure === undefined && fleet.spec.exposure === 'nodePort' && nodePorts === undefined) {
    const message = 'the fleet exposes screens on node ports (claworc.yaml), so this record must name its pair';
    issues.push({ path: ['spec', 'nodePorts'], on: 'value', message });
  }
  return [...issues, ...policyIssues(record, fleet, fleet.spec.policy), ...limitIssuesInFleet(resources ?? {}, fleet)];
}

/** Only what one of the two documents cannot know by itself: a request here over a limit there, or the reverse. */
function limitIssuesInFleet(own: NonNullable<BotInstance['spec']['resources']>, fleet: Fleet): readonly Issue[] {
  const base = fleet.spec.resources;
  const issues: Issue[] = [];
  for (const what of ['cpu', 'memory'] as const) {
    const request = own.requests?.[what];
    const limit = own.limits?.[what];
    if ((request === undefined) === (limit === undefined)) continue;
    const side = request === undefined ? 'limits' : 'requests';
    const pair = [{ [what]: request ?? base.requests[what] }, { [what]: limit ?? base.limits[what] }] as const;
    const where = request === undefined ? 'spec.resources.limits' : 'claworc.yaml: spec.resources.limits';
    for (const { message } of checkLimits(...pair, where)) {
      issues.push({ path: ['spec', 'resources', side, what], on: 'value', message });
    }
  }
  return issues;
}

/**
 * Whether policy.allowedImages lets an image in. An entry is a prefix that ends where a name ends: `ghcr.io/acme`
 * covers `ghcr.io/acme/bot:1` and not `ghcr.io/acme-evil/bot:1`.
 */
export function isAllowedImage(image: string, fleet: Fleet): boolean {
  const allowed = fleet.spec.policy?.allowedImages;
  if (allowed === undefined) return true;
  return allowed.some((prefix) => {
    if (!image.startsWith(prefix)) return false;
    const next = image.charAt(prefix.length);
    return next === '' || '/:@'.includes(next) || '/:@'.includes(prefix.slice(-1));
  });
}

/** What is said of an image that `isAllowedImage` does not let in. */
export function outsidePolicy(image: string, { spec }: Fleet): string {
  return `${image} is outside ${rulePlace(spec.policy?.owners, 'allowedImages')}`;
}
