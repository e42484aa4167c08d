import { createHash } from 'node:crypto';
import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';

/** A name that no object of a unit has: a parent named like another ConfigMap of the unit would collide. */
export function parentNameOf(unit: string): string {
  return unit === FLEET_UNIT ? 'claworc-applyset' : `${unit}-applyset`;
}

/** `applyset-` + base64url(SHA-256 of `name.namespace.Kind.group`) + `-v1`. */
export function applySetId(parent: { name: string; namespace: string; kind: string; group: string }): string {
  const text = `${parent.name}.${parent.namespace}.${parent.kind}.${parent.group}`;
  return `applyset-${createHash('sha256').update(text).digest('base64url')}-v1`;
}

export function unitApplySetId(unit: string, namespace: string): string {
  return applySetId({ name: parentNameOf(unit), namespace, kind: 'ConfigMap', group: '' });
}
