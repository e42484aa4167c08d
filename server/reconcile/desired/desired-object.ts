import { unitOfScope } from '../../../constructs/repo/paths.ts';
import type { Manifest } from '../../../constructs/synth.ts';
import { manifestPath, type SealedKeyFile } from '../../../constructs/repo/index.ts';
import { secretName } from '../../../constructs/schema/index.ts';
import { sealedSecretMetadata } from '../../../constructs/sealed-secret.ts';
import { isManagedKind, MANAGED_RESOURCES } from '../../cluster/resources.ts';
import { unitApplySetId } from './applyset-id.ts';
import type { DesiredObject } from './desired-state.ts';
import { digestOf, stamp } from './stamp.ts';

export type DesiredResult =
  { readonly ok: true; readonly desired: DesiredObject } | { readonly ok: false; readonly reason: string };

/** A rendered object, stamped. Refused when it is not of our kinds, or reaches out of its unit or namespace. */
export function desiredManifest(
  { file, kind, name, object }: Manifest,
  unit: string,
  namespace: string,
): DesiredResult {
  const path = manifestPath(unit, file);
  const refuse = (reason: string): DesiredResult => ({ ok: false, reason: `${path}: ${reason}` });
  if (!isManagedKind(kind) || object.apiVersion !== MANAGED_RESOURCES[kind].apiVersion) {
    return refuse(`${object.apiVersion} ${kind} is no kind that Claworc applies`);
  }
  if (kind === 'Secret') return refuse('a Secret comes from a sealed key only');
  if (object.metadata.namespace !== namespace) {
    return refuse(`namespace ${object.metadata.namespace ?? '(none)'} is not the fleet's, ${namespace}`);
  }
  if (name !== unit && !name.startsWith(`${unit}-`)) return refuse(`${name} is not a name of ${unit}`);
  const stamped = stamp(object, unit, unitApplySetId(unit, namespace), digestOf(object));
  return { ok: true, desired: { kind, name, file: path, object: stamped } };
}

/** The Secret of a sealed key, its value a place holder. The digest is that of the sealed value: nothing is opened here. */
export function desiredSecret(file: SealedKeyFile, unit: string, namespace: string): DesiredResult {
  const { scope, key, path, text, digest, isMarked } = file;
  if (unitOfScope(scope) !== unit || file.namespace !== namespace) {
    return { ok: false, reason: `${path}: it is sealed for another place` };
  }
  const name = secretName(scope, key);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...sealedSecretMetadata(scope, key, namespace) },
    type: 'Opaque',
    data: { [key]: '' },
  };
  const mark = isMarked ? digest : null;
  const object = stamp(secret, unit, unitApplySetId(unit, namespace), digestOf({ ...secret, sealed: digest }));
  return { ok: true, desired: { kind: 'Secret', name, file: path, object, sealed: { scope, key, text, mark } } };
}
