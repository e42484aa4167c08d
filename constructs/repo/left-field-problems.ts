import type { KubeObject } from '../kube-object.ts';
import { isObject } from '../schema/explain/explain.ts';
import { readSource } from '../schema/yaml/parse-document.ts';
import { FLEET_PATH } from './paths.ts';
import { renderUnit } from './render-unit.ts';
import type { Repo, UnitProblem } from './repo.ts';

/** Fields that claworc.yaml leaves to the cluster and that nothing of the fleet renders: most likely mistyped. */
export function leftFieldProblems(repo: Repo): readonly UnitProblem[] {
  const { fleet, fleetText } = repo;
  const rules = fleet?.spec.policy?.leaveToCluster ?? [];
  if (rules.length === 0 || fleetText === null || repo.records.size === 0) return [];
  const read = readSource(fleetText, FLEET_PATH);
  if (!read.ok) return [];
  const objects = [...repo.records.keys()].flatMap((unit) => {
    const rendered = renderUnit(repo, unit);
    return rendered.ok ? rendered.manifests.map(({ object }) => object) : [];
  });
  return rules.flatMap(({ kind, name, fields }, index) => {
    const meant = objects.filter(
      (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
    );
    return fields.flatMap((field, at): readonly UnitProblem[] => {
      if (meant.some((object) => hasField(object, field))) return [];
      const what = name === undefined ? kind : `${kind} ${name}`;
      const message =
        meant.length === 0
          ? `no bot of this fleet has a ${what}`
          : `no ${what} of this fleet renders ${field}: write it as \`claworc plan\` does; what isn't rendered is the cluster's anyway`;
      const path = ['spec', 'policy', 'leaveToCluster', index, 'fields', at];
      const problem = read.source.locate({ path, on: 'value', message });
      return [{ ...problem, unit: null, severity: 'warning' }];
    });
  });
}

/** `.name`, `[name]`, or `[key="value",other=1]` of an item. */
const STEP = /\.?([A-Za-z0-9_-]+)|\[([^\]]*)\]/g;

function hasField(object: KubeObject, field: string): boolean {
  let value: unknown = object;
  for (const [, plain, bracketed = ''] of field.matchAll(STEP)) {
    const name = plain ?? bracketed;
    if (isObject(value) && Object.hasOwn(value, name)) value = value[name];
    else if (Array.isArray(value)) value = (value as readonly unknown[]).find((item) => isNamed(item, name));
    else return false;
  }
  return value !== undefined;
}

function isNamed(item: unknown, keys: string): boolean {
  if (!isObject(item)) return false;
  return keys.split(',').every((pair) => {
    const [key = '', ...value] = pair.split('=');
    return JSON.stringify(item[key]) === value.join('=') || (item[key] === undefined && pair === 'protocol="TCP"');
  });
}
