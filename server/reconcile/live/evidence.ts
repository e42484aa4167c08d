import type { LiveObject, ManagedFieldsEntry } from '../../cluster/live-object.ts';
import { isManagedKind } from '../../cluster/resources.ts';
import { FIELD_MANAGER, unitOf } from '../desired/stamp.ts';

/** The entry of our own applies. The API server keeps it: no label, annotation or copy of them makes or removes it. */
export const isOurs = (entry: ManagedFieldsEntry): boolean =>
  entry.manager === FIELD_MANAGER && entry.operation === 'Apply' && (entry.subresource ?? '') === '';

/** True for an object that we applied, whatever marks it has now. */
export const wasAppliedByUs = (object: LiveObject): boolean => object.metadata.managedFields?.some(isOurs) ?? false;

/**
 * Units that an object without its mark is a part of by its name, where we applied it. A Secret's name can belong to
 * several; it is asked for by unit, and names none by itself.
 */
export function unitsNamedLike(object: LiveObject): readonly string[] {
  if (!isManagedKind(object.kind) || unitOf(object) !== undefined || !wasAppliedByUs(object)) return [];
  const { name } = object.metadata;
  switch (object.kind) {
    case 'Deployment':
    case 'NetworkPolicy':
      return [name];
    case 'Service':
      return cut(name, /-vnc$/);
    case 'ConfigMap':
      return cut(name, /-config$/);
    case 'PersistentVolumeClaim':
      return cut(name, /-[^-]+$/);
    case 'Secret':
      return [...name.matchAll(/-/g)].map(({ index }) => name.slice(0, index));
  }
}

const cut = (name: string, end: RegExp): readonly string[] => (end.test(name) ? [name.replace(end, '')] : []);
