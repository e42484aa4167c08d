import type { LiveMetadata, LiveObject } from '../../../server/cluster/live-object.ts';
import { pathOf, type Resource } from '../../../server/cluster/resources.ts';
import { conflict, fieldConflicts, invalid, notFound, status, type Answer } from './answers.ts';
import { mergePatch } from './merge.ts';
import { applyAs, entryOf, ownerOf, updateAs, type Owner } from './ownership.ts';
import { refuse, withDefaults } from './rules.ts';
import { unknownMember } from './schema.ts';

type Json = Record<string, unknown>;

interface Stored {
  readonly resource: Resource;
  readonly object: LiveObject;
  readonly owners: readonly Owner[];
}

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly object: LiveObject;
}

/** One request on one object of a kind. */
export interface Target {
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly name: string;
}

interface Write {
  readonly manager: string;
  readonly dryRun: boolean;
}

/** The objects of an API server: who owns which field, what is refused, and what happened in which order. */
export class Store {
  readonly #stored = new Map<string, Stored>();
  readonly events: StoreEvent[] = [];
  readonly listeners = new Set<(event: StoreEvent) => void>();
  #version = 1;
  #uids = 0;
  /** Stands for a mutating webhook: what it returns is what is kept. */
  admit: (object: LiveObject) => LiveObject = (object) => object;
  /** True while nobody carries out foreground deletions: such an object stays until `finish`. */
  holdsForeground = false;

  get version(): string {
    return String(this.#version);
  }

  objects(): readonly LiveObject[] {
    return [...this.#stored.values()].map(({ object }) => object);
  }

  find({ resource, namespace, name }: Target): LiveObject | undefined {
    return this.#stored.get(pathOf(resource, namespace, name))?.object;
  }

  in(resource: Resource, namespace: string | null): readonly LiveObject[] {
    return [...this.#stored.values()]
      .filter((stored) => stored.resource.plural === resource.plural)
      .map(({ object }) => object)
      .filter(({ metadata }) => namespace === null || metadata.namespace === namespace);
  }

  apply(target: Target, config: Json, write: Write & { readonly force: boolean }): Answer {
    const found = this.#stored.get(pathOf(target.resource, target.namespace, target.name));
    const missing = this.#missingNamespace(target);
    if (missing !== undefined) return missing;
    const unknown = unknownMember(config);
    if (unknown !== undefined) {
      const why = `failed to create typed patch object: .${unknown}: field not declared in schema`;
      return status(500, 'InternalError', why);
    }
    const stale = this.#precondition(target, found, config.metadata as Partial<LiveMetadata>);
    if (stale !== undefined) return stale;
    const time = this.#now();
    const applied = applyAs({ manager: write.manager, force: write.force, time }, found && asLive(found), config);
    if (!applied.ok) return fieldConflicts(applied.conflicts, target.resource.apiVersion);
    return this.#keep(target, found, applied.object, applied.owners, write.dryRun);
  }

  create(target: Target, object: Json, { manager, dryRun }: Write): Answer {
    const missing = this.#missingNamespace(target);
    if (missing !== undefined) return missing;
    const { resource, namespace, name } = target;
    if (this.#stored.has(pathOf(resource, namespace, name))) {
      const details = { kind: resource.plural, name };
      return status(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`, details);
    }
    return this.#keep(target, undefined, object, updateAs({ manager, time: this.#now() }, undefined, object), dryRun);
  }

  patch(target: Target, patch: Json, { manager, dryRun }: Write): Answer {
    const found = this.#stored.get(pathOf(target.resource, target.namespace, target.name));
    if (found === undefined) return this.#missingNamespace(target) ?? notFound(target.resource.plural, target.name);
    const stale = this.#precondition(target, found, patch.metadata ?? {});
    if (stale !== undefined) return stale;
    const live = asLive(found);
    const next = mergePatch(live.object, patch) as Json;
    const { managedFields } = next.metadata as LiveMetadata;
    const isGiven = managedFields !== undefined && managedFields.length > 0;
    const before = isGiven ? { ...live, owners: managedFields.map(ownerOf) } : live;
    const owners = updateAs({ manager, time: this.#now() }, before, next);
    return this.#keep(target, found, next, owners, dryRun);
  }

  remove(
    target: Target,
    options: { readonly preconditions?: Partial<LiveMetadata>; readonly propagationPolicy?: string },
  ): Answer {
    const { resource, namespace, name } = target;
    const key = pathOf(resource, namespace, name);
    const found = this.#stored.get(key);
    if (found === undefined) return this.#missingNamespace(target) ?? notFound(resource.plural, name);
    const { metadata } = found.object;
    for (const field of ['uid', 'resourceVersion'] as const) {
      const wanted = options.preconditions?.[field];
      if (wanted === undefined || wanted === metadata[field]) continue;
      const why = `Precondition failed: ${field} in precondition: ${wanted}, in object meta: ${String(metadata[field])}`;
      return conflict(resource.plural, name, why);
    }
    const foreground = options.propagationPolicy === 'Foreground' ? ['foregroundDeletion'] : [];
    const finalizers = [...(metadata.finalizers ?? []), ...foreground];
    if (finalizers.length === 0) {
      this.#drop(key);
      return { code: 200, body: { kind: 'Status', apiVersion: 'v1', status: 'Success', details: { name } } };
    }
    const ending = { ...found.object, metadata: { ...metadata, finalizers, deletionTimestamp: this.#now() } };
    const kept = this.#set(key, { ...found, object: ending }, 'MODIFIED');
    if (foreground.length > 0 && finalizers.length === 1 && !this.holdsForeground) {
      // The garbage collector comes a moment later.
      setImmediate(() => this.#drop(key));
    }
    return { code: 200, body: kept };
  }

  /** What a controller writes: the status, or anything else, with no owner. */
  edit(target: Target, change: (object: LiveObject) => LiveObject): void {
    const key = pathOf(target.resource, target.namespace, target.name);
    const found = this.#stored.get(key);
    if (found === undefined) throw new Error(`${key} is not there`);
    this.#set(key, { ...found, object: change(found.object) }, 'MODIFIED');
  }

  /** Takes an object away at once, whatever holds it. */
  finish({ resource, namespace, name }: Target): void {
    this.#drop(pathOf(resource, namespace, name));
  }

  #keep(target: Target, found: Stored | undefined, object: Json, owners: readonly Owner[], dryRun: boolean): Answer {
    const { resource, namespace, name } = target;
    const key = pathOf(resource, namespace, name);
    const { apiVersion, kind } = resource;
    const before = found?.object.metadata;
    const metadata = object.metadata as LiveMetadata;
    const wanted = this.admit({ ...withDefaults(object), apiVersion, kind, metadata });
    const refused = refuse(found?.object, wanted, this.objects());
    if (refused !== undefined) return refused;
    const next: LiveObject = {
      ...wanted,
      metadata: {
        ...wanted.metadata,
        name,
        ...(namespace !== null && { namespace }),
        uid: before?.uid ?? `uid-${++this.#uids}`,
        creationTimestamp: before?.creationTimestamp ?? this.#now(),
        generation: (before?.generation ?? 0) + (sameJson(found?.object.spec, wanted.spec) ? 0 : 1),
        ...(before?.resourceVersion !== undefined && { resourceVersion: before.resourceVersion }),
        managedFields: owners.map((owner) => entryOf(owner, apiVersion)),
      },
    };
    const code = found === undefined ? 201 : 200;
    if (dryRun || (found !== undefined && sameJson(found.object, next))) return { code, body: next };
    const isLetGo = next.metadata.deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0;
    const kept = this.#set(key, { resource, object: next, owners }, found === undefined ? 'ADDED' : 'MODIFIED');
    if (isLetGo) this.#drop(key);
    return { code, body: kept };
  }

  #precondition(
    { resource: { plural, kind }, name }: Target,
    found: Stored | undefined,
    { uid, resourceVersion }: Partial<LiveMetadata>,
  ): Answer | undefined {
    const live = found?.object.metadata;
    if (uid !== undefined && live === undefined) {
      const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
      return conflict(plural, name, why);
    }
    if (uid !== undefined && uid !== live?.uid) {
      return invalid(kind, name, 'metadata.uid', `Invalid value: "${uid}": field is immutable`);
    }
    if (resourceVersion === undefined || resourceVersion === live?.resourceVersion) return undefined;
    return conflict(plural, name, 'the object has been modified; please apply your changes to the latest version');
  }

  #missingNamespace({ namespace }: Target): Answer | undefined {
    if (namespace === null || this.#stored.has(`/api/v1/namespaces/${namespace}`)) return undefined;
    return notFound('namespaces', namespace);
  }

  #set(key: string, stored: Stored, type: StoreEvent['type']): LiveObject {
    const version = ++this.#version;
    const { metadata } = stored.object;
    const object = { ...stored.object, metadata: { ...metadata, resourceVersion: String(version) } };
    this.#stored.set(key, { ...stored, object });
    this.#tell({ type, version, object });
    return object;
  }

  #drop(key: string): void {
    const found = this.#stored.get(key);
    if (found === undefined) return;
    this.#stored.delete(key);
    const version = ++this.#version;
    const metadata = { ...found.object.metadata, resourceVersion: String(version) };
    this.#tell({ type: 'DELETED', version, object: { ...found.object, metadata } });
  }

  #tell(event: StoreEvent): void {
    this.events.push(event);
    for (const listener of this.listeners) listener(event);
  }

  #now(): string {
    return new Date().toISOString().replace(/\.\d+/, '');
  }
}

/** Without what the server writes itself. */
function asLive({ object, owners }: Stored): { readonly object: Json; readonly owners: readonly Owner[] } {
  const { managedFields: _, ...metadata } = object.metadata;
  return { object: structuredClone({ ...object, metadata }), owners };
}

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(sort(a)) === JSON.stringify(sort(b));

function sort(value: unknown): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map(sort);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sort(inner)]),
  );
}
