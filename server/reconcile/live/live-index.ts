import { instanceOf } from '../../../constructs/labels.ts';
import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { conceal } from '../../cluster/conceal.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { isManagedKind } from '../../cluster/resources.ts';
import { unitsNamedLike } from './evidence.ts';
import { parentNameOf } from '../desired/applyset-id.ts';
import { keyOf, type LiveUnit } from './live-unit.ts';
import type { DesiredUnit } from '../desired/desired-state.ts';
import { secretsOf } from '../desired/references.ts';
import { SharedClaims } from './shared-claims.ts';
import { RETAINED_LABEL, UNIT_ANNOTATION, unitOf } from '../desired/stamp.ts';

/** What is known of one namespace: every object of our kinds, ours or not, and the pods. Fed by lists, watches and answers. */
export class LiveIndex {
  readonly #objects = new Map<string, LiveObject>();
  readonly #byUnit = new Map<string, Set<string>>();
  /** Objects of ours without their mark, by the units that their names point to. */
  readonly #unmarked = new Map<string, Set<string>>();
  /** Objects of our kinds by the bot that their labels name, whoever made them. */
  readonly #labelled = new Map<string, Set<string>>();
  readonly #pods = new Map<string, LiveObject>();
  readonly #podsByUnit = new Map<string, Set<string>>();
  /** Keys of claims that were kept from bots that are gone. */
  readonly #retained = new Set<string>();
  readonly #claims = new SharedClaims();

  /** Keeps the newer of what is known and what is given. Returns the units that it concerns. */
  put(object: LiveObject): readonly string[] {
    const isPod = object.kind === 'Pod';
    const objects = isPod ? this.#pods : this.#objects;
    const byUnit = isPod ? this.#podsByUnit : this.#byUnit;
    const key = isPod ? object.metadata.name : keyOf(object.kind, object.metadata.name);
    const known = objects.get(key);
    if (known !== undefined && isOlder(object, known)) return [];
    const before = known === undefined ? [] : unitsNamedBy(known);
    const after = unitsNamedBy(object);
    objects.set(key, this.#claims.share(conceal(object)));
    if (isRetained(object)) this.#retained.add(key);
    else this.#retained.delete(key);
    for (const unit of before) if (!after.includes(unit)) byUnit.get(unit)?.delete(key);
    for (const unit of after) add(byUnit, unit, key);
    const wereLike = known === undefined || isPod ? [] : unitsNamedLike(known);
    const areLike = isPod ? [] : unitsNamedLike(object);
    for (const unit of wereLike) if (!areLike.includes(unit)) drop(this.#unmarked, unit, key);
    for (const unit of areLike) add(this.#unmarked, unit, key);
    const [wasLabelled, isLabelled] = [known && unitLabelledOn(known), unitLabelledOn(object)];
    if (wasLabelled !== undefined && wasLabelled !== isLabelled) drop(this.#labelled, wasLabelled, key);
    if (isLabelled !== undefined) add(this.#labelled, isLabelled, key);
    const labelled = [wasLabelled, isLabelled].filter((unit) => unit !== undefined);
    return [...new Set([...before, ...after, ...wereLike, ...areLike, ...labelled])];
  }

  /** Forgets an object, unless a newer one of the name has come since. Returns the units that it concerned. */
  remove(object: LiveObject): readonly string[] {
    const isPod = object.kind === 'Pod';
    const objects = isPod ? this.#pods : this.#objects;
    const key = isPod ? object.metadata.name : keyOf(object.kind, object.metadata.name);
    const known = objects.get(key);
    if (known === undefined || known.metadata.uid !== object.metadata.uid) return [];
    objects.delete(key);
    this.#retained.delete(key);
    const units = unitsNamedBy(known);
    for (const unit of units) (isPod ? this.#podsByUnit : this.#byUnit).get(unit)?.delete(key);
    const like = isPod ? [] : unitsNamedLike(known);
    for (const unit of like) drop(this.#unmarked, unit, key);
    const labelled = unitLabelledOn(known);
    if (labelled !== undefined) drop(this.#labelled, labelled, key);
    return [...new Set([...units, ...like, ...(labelled === undefined ? [] : [labelled])])];
  }

  /** Puts a whole collection in the place of what was known of its kind, and of what seems newer where history `wentBack`. */
  replace(kind: string, items: readonly LiveObject[], wentBack = false): ReadonlySet<string> {
    const touched = new Set<string>();
    const uids = new Set(wentBack ? [] : items.map(({ metadata }) => metadata.uid));
    const known = kind === 'Pod' ? this.#pods : this.#objects;
    for (const object of [...known.values()]) {
      if (object.kind !== kind || uids.has(object.metadata.uid)) continue;
      for (const unit of this.remove(object)) touched.add(unit);
    }
    for (const item of items) for (const unit of this.put(item)) touched.add(unit);
    return touched;
  }

  get(kind: string, name: string): LiveObject | undefined {
    return kind === 'Pod' ? this.#pods.get(name) : this.#objects.get(keyOf(kind, name));
  }

  /** Every object of our kinds, pods left out. */
  objects(): Iterable<LiveObject> {
    return this.#objects.values();
  }

  /** True for what is there to stay. Bound to its index, to be handed on. */
  readonly has = (kind: string, name: string): boolean => {
    const found = this.get(kind, name);
    return found !== undefined && found.metadata.deletionTimestamp === undefined;
  };

  /** Everything that could concern a unit: by name, by mark, kept from it, or ours by evidence where the mark is lost. */
  unit(desired: DesiredUnit): LiveUnit {
    const { unit } = desired;
    const parentKey = keyOf('ConfigMap', parentNameOf(unit));
    const objects = new Map<string, LiveObject>();
    const wanted = desired.state === 'present' ? desired.objects.map(({ kind, name }) => keyOf(kind, name)) : [];
    for (const key of [...wanted, ...(this.#byUnit.get(unit) ?? []), ...(this.#unmarked.get(unit) ?? [])]) {
      const object = this.#objects.get(key);
      if (object !== undefined && key !== parentKey) objects.set(key, object);
    }
    return { objects, parent: this.#objects.get(parentKey), pods: this.pods(unit) };
  }

  /** The same with whatever names the unit by its labels alone: what another program applied has no mark. */
  labelledUnit(desired: DesiredUnit): LiveUnit {
    const known = this.unit(desired);
    const objects = new Map(known.objects);
    for (const key of this.#labelled.get(desired.unit) ?? []) {
      const object = this.#objects.get(key);
      if (object !== undefined) objects.set(key, object);
    }
    return { ...known, objects };
  }

  /** Units that objects name by their labels. */
  labelledUnits(): readonly string[] {
    return [...this.#labelled.keys()];
  }

  /** True where a Deployment names the unit by its labels: one that runs, rather than what was left of it. */
  hasLabelled(unit: string): boolean {
    return [...(this.#labelled.get(unit) ?? [])].some((key) => key.startsWith('Deployment/'));
  }

  pods(unit: string): readonly LiveObject[] {
    return [...(this.#podsByUnit.get(unit) ?? [])].flatMap((name) => this.#pods.get(name) ?? []);
  }

  /** Units that any object names, or is named after where its mark is lost. */
  units(): readonly string[] {
    const marked = [...this.#byUnit].filter(([, keys]) => keys.size > 0).map(([unit]) => unit);
    const unmarked = [...this.#unmarked.keys()].filter((unit) => this.#hasUnmarked(unit));
    return [...new Set([...marked, ...unmarked])];
  }

  /** Everything that an object or a pod names or is named after, one at a time and some more than once. */
  *names(): Generator<string> {
    for (const sets of [this.#byUnit, this.#podsByUnit]) {
      for (const [unit, keys] of sets) if (keys.size > 0) yield unit;
    }
    for (const unit of this.#unmarked.keys()) if (this.#hasUnmarked(unit)) yield unit;
  }

  /** A Secret alone says nothing: its name points to several units. */
  #hasUnmarked(unit: string): boolean {
    return [...(this.#unmarked.get(unit) ?? [])].some((key) => !key.startsWith('Secret/'));
  }

  /** True when no object names a unit. */
  isEmpty(): boolean {
    for (const keys of this.#byUnit.values()) if (keys.size > 0) return false;
    return true;
  }

  /** True when an object of the unit is more than a volume that was kept. */
  hasMembers(unit: string): boolean {
    if (this.#hasUnmarked(unit)) return true;
    return [...(this.#byUnit.get(unit) ?? [])].some((key) => {
      const object = this.#objects.get(key);
      return object !== undefined && unitOf(object) === unit && object.metadata.labels?.[RETAINED_LABEL] === undefined;
    });
  }

  /** Names of Secrets that Deployments read from, those of one unit left out. */
  secretsUsedBeside(unit: string): ReadonlySet<string> {
    const names = new Set<string>();
    for (const object of this.#objects.values()) {
      if (object.kind !== 'Deployment' || unitsNamedBy(object).includes(unit)) continue;
      for (const name of secretsOf(object)) names.add(name);
    }
    return names;
  }

  /** Claims that were kept from bots that are gone. */
  retained(): readonly { readonly instance: string; readonly volumes: readonly string[] }[] {
    const volumes = new Map<string, string[]>();
    for (const key of this.#retained) {
      const object = this.#objects.get(key);
      const instance = object?.metadata.labels?.[RETAINED_LABEL];
      if (object === undefined || instance === undefined) continue;
      volumes.set(instance, [...(volumes.get(instance) ?? []), object.metadata.name]);
    }
    return [...volumes].map(([instance, names]) => ({ instance, volumes: names.sort() }));
  }
}

const isRetained = ({ kind, metadata }: LiveObject): boolean =>
  kind === 'PersistentVolumeClaim' && metadata.labels?.[RETAINED_LABEL] !== undefined;

/** Units that an object claims to concern, rightly or not: guards judge that. */
export function unitsNamedBy(object: LiveObject): readonly string[] {
  const { labels, annotations } = object.metadata;
  if (object.kind === 'Pod') return labels?.app === undefined ? [] : [labels.app];
  if (!isManagedKind(object.kind)) return [];
  const marked = annotations?.[UNIT_ANNOTATION]?.split('/', 1)[0];
  return [
    ...new Set([marked, labels?.[RETAINED_LABEL]].filter((unit) => unit !== undefined && unit !== '')),
  ] as string[];
}

/** The unit that an object's labels name; the Secrets that the fleet shares belong to it. */
function unitLabelledOn({ kind, metadata }: LiveObject): string | undefined {
  const instance = isManagedKind(kind) ? instanceOf(metadata.labels) : undefined;
  return instance === SHARED_INSTANCE && kind === 'Secret' ? FLEET_UNIT : instance;
}

/** What `labelsOf` names in the Secrets of the fleet. */
const SHARED_INSTANCE = 'claworc';

/** resourceVersions of one kind grow (KEP-5504); one that is no number is taken as newer. */
function isOlder(object: LiveObject, known: LiveObject): boolean {
  if (object.metadata.uid !== known.metadata.uid) return false;
  const [a, b] = [Number(object.metadata.resourceVersion), Number(known.metadata.resourceVersion)];
  return a < b;
}

function add(sets: Map<string, Set<string>>, unit: string, key: string): void {
  sets.set(unit, (sets.get(unit) ?? new Set()).add(key));
}

function drop(sets: Map<string, Set<string>>, unit: string, key: string): void {
  const keys = sets.get(unit);
  keys?.delete(key);
  if (keys?.size === 0) sets.delete(unit);
}
