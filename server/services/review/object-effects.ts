import { createTwoFilesPatch } from 'diff';
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../../constructs/schema/explain/explain.ts';
import { mayHoldSecret } from '../../../constructs/repo/secret-text.ts';
import { compareQuantities, parseQuantity } from '../../../constructs/schema/index.ts';
import { manifestValue } from '../../../constructs/schema/yaml/parse-document.ts';
import type { BotEffect } from '../../http/schemas/effect.ts';
import { isManagedKind } from '../../cluster/resources.ts';
import { isFixed } from '../../reconcile/plan/fixed-fields.ts';
import { changeOfPods, replicasIn } from '../../reconcile/plan/effect/pod-change.ts';
import { concealPatch } from '../instances/conceal-patch.ts';

export type ObjectEffect = BotEffect['objects'][number];

/** A manifest on both sides; undefined where it is not there. */
export interface ManifestPair {
  /** Path in the instances repo. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What a pair of manifests means for the object in the cluster. */
export interface ObjectChange {
  readonly object: ObjectEffect;
  readonly before: unknown;
  readonly after: unknown;
}

/** `keepsVolumes`: what becomes of a claim whose manifest goes. */
export function objectChange({ path, before, after }: ManifestPair, keepsVolumes: boolean): ObjectChange {
  const [was, is] = [before, after].map((text) => (text === undefined ? undefined : manifestValue(text)));
  const there = is ?? was;
  const kind = textAt(there, 'kind') ?? 'Unknown';
  return {
    object: {
      kind,
      name: textAt(there, 'metadata', 'name') ?? path,
      action: actionOf(kind, was, is, keepsVolumes),
      file: path,
      patch: patchOf({ path, before, after }),
    },
    before: was,
    after: is,
  };
}

function actionOf(kind: string, before: unknown, after: unknown, keepsVolumes: boolean): ObjectEffect['action'] {
  if (before === undefined) return 'create';
  if (after === undefined) return kind === 'PersistentVolumeClaim' && keepsVolumes ? 'retain' : 'prune';
  return isReplaced(kind, before, after) ? 'replace' : 'configure';
}

/** What the API server never changes in an object: it is deleted and made again, or made beside the old one. */
function isReplaced(kind: string, before: unknown, after: unknown): boolean {
  const differs = (...path: string[]) => !isDeepStrictEqual(at(before, ...path), at(after, ...path));
  if (differs('kind') || differs('metadata', 'name') || differs('metadata', 'namespace')) return true;
  if (!isManagedKind(kind)) return false;
  const changed = [...new Set([...fieldsIn(before), ...fieldsIn(after)])].filter((path) => differs(...path.split('.')));
  return changed.some((path) => isFixed(kind, path, before));
}

/** Members of an object, and of its spec, as dotted paths. */
const fieldsIn = (object: unknown): readonly string[] => [
  ...Object.keys(recordAt(object)),
  ...Object.keys(recordAt(object, 'spec')).map((name) => `spec.${name}`),
];

/** Unified diff from its `---` on; sealed values, and keys in clear text, hidden. */
export function patchOf({ path, before, after }: ManifestPair): string {
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : `a/${path}`,
    after === undefined ? '/dev/null' : `b/${path}`,
    before ?? '',
    after ?? '',
  );
  const sides = [before, after].filter((text) => text !== undefined);
  const isSecret = path.startsWith('secrets/') || sides.some(mayHoldSecret);
  return concealPatch(path, patch.slice(patch.indexOf('--- ')), isSecret);
}

/** What a Deployment's change does to its pod. */
export function restartOf(changes: readonly ObjectChange[]): BotEffect['restart'] {
  const deployment = changes.find(({ object }) => object.kind === 'Deployment');
  if (deployment === undefined) return 'no';
  const { before, after, object } = deployment;
  const isSame = isDeepStrictEqual(at(before, 'spec', 'template'), at(after, 'spec', 'template'));
  return changeOfPods(replicasIn(before), replicasIn(after), object.action === 'replace' || !isSame);
}

/** A claim whose size or other fields change. */
export interface VolumeChange {
  readonly claim: string;
  readonly before: string;
  readonly after: string;
  /** `fixed`: a field that no claim ever changes. */
  readonly change: 'grows' | 'shrinks' | 'fixed';
}

export function volumeChanges(changes: readonly ObjectChange[]): readonly VolumeChange[] {
  return changes.flatMap(({ object, before, after }): VolumeChange[] => {
    if (object.kind !== 'PersistentVolumeClaim' || object.action !== 'configure') return [];
    const [was, is] = [before, after].map((claim) => at(claim, 'spec', 'resources', 'requests', 'storage'));
    const rest = [before, after].map((claim) => ({ ...recordAt(claim, 'spec'), resources: undefined }));
    if (!isDeepStrictEqual(rest[0], rest[1])) {
      return [{ claim: object.name, before: classOf(before), after: classOf(after), change: 'fixed' }];
    }
    if (typeof was !== 'string' || typeof is !== 'string') return [];
    if (parseQuantity(was) === undefined || parseQuantity(is) === undefined) return [];
    const order = compareQuantities(is, was);
    if (order === 0) return [];
    return [{ claim: object.name, before: was, after: is, change: order > 0 ? 'grows' : 'shrinks' }];
  });
}

const classOf = (claim: unknown): string => textAt(claim, 'spec', 'storageClassName') ?? 'the default class';

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((node, step) => (isObject(node) ? node[step] : undefined), value);
}

function recordAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}
