import type { WriteVerb } from './api-metrics.ts';
import type { ClusterConnection } from './connection.ts';
import type { ApiFailure } from './errors.ts';
import { createHttp, type ClusterHttp, type HttpOptions, type HttpRequest } from './http.ts';
import type { LiveMetadata, LiveObject } from './live-object.ts';
import { pathOf, type Resource } from './resources.ts';

export type ApiResult<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly failure: ApiFailure };

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Takes fields over from other managers. @default false */
  readonly force?: boolean;
  /** @default false */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

export interface Applied {
  readonly object: LiveObject;
  /** True when the object was not there before. */
  readonly created: boolean;
}

export interface Preconditions {
  readonly uid: string;
  readonly resourceVersion?: string;
}

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** A resourceVersion that was seen: the server may answer from its cache once that has come as far. @default the newest, asked of etcd */
  readonly notOlderThan?: string;
  readonly signal?: AbortSignal;
}

export interface Listed {
  readonly items: readonly LiveObject[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

/** The verbs that Claworc needs, over plain JSON: no field is dropped on the way in or out. Failures are data. */
export interface ClusterApi {
  readonly connection: ClusterConnection;
  readonly http: ClusterHttp;
  get(resource: Resource, namespace: string | null, name: string, signal?: AbortSignal): Promise<ApiResult<LiveObject>>;
  /** The whole collection, read in pages of 500. */
  list(resource: Resource, namespace: string | null, options?: ListOptions): Promise<ApiResult<Listed>>;
  /** Server-side apply, `fieldValidation=Strict`. Safe to repeat. */
  apply(resource: Resource, namespace: string, object: ApplyObject, options: ApplyOptions): Promise<ApiResult<Applied>>;
  /** Creates and never changes; `exists` is a failure. */
  create(
    resource: Resource,
    namespace: string | null,
    object: ApplyObject,
    fieldManager: string,
  ): Promise<ApiResult<LiveObject>>;
  /** A JSON merge patch of the object that has this uid and resourceVersion; another one is `stale`. */
  mergePatch(
    resource: Resource,
    namespace: string,
    name: string,
    patch: Readonly<Record<string, unknown>>,
    options: {
      readonly fieldManager: string;
      readonly preconditions: Required<Preconditions>;
      readonly signal?: AbortSignal;
    },
  ): Promise<ApiResult<LiveObject>>;
  /** Deletes exactly the object that was seen. `not_found` means that it is gone already. */
  remove(
    resource: Resource,
    namespace: string,
    name: string,
    options: {
      readonly preconditions: Preconditions;
      readonly propagation: 'Foreground' | 'Background';
      readonly signal?: AbortSignal;
    },
  ): Promise<ApiResult<{ readonly pending: boolean }>>;
}

export interface ApplyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const PAGE = 500;

export function createApi(connection: ClusterConnection, options: HttpOptions = {}): ClusterApi {
  const http = createHttp(connection, options);

  const send = async <T>(request: HttpRequest, read: (body: string, status: number) => T): Promise<ApiResult<T>> => {
    const answer = await http.request(request);
    if (!answer.ok) return answer;
    const { body, status, warnings } = answer.value;
    try {
      return { ok: true, value: read(body, status), warnings };
    } catch {
      // A proxy that answers 200 with a page of its own.
      const message = `${connection.server} answered ${status} with something that is not JSON`;
      return { ok: false, failure: { type: 'server', message, status, transient: false } };
    }
  };
  const write = async <T>(
    [verb, { kind }]: readonly [WriteVerb, Resource],
    request: HttpRequest,
    read: (body: string, status: number) => T,
  ): Promise<ApiResult<T>> => {
    const startedAt = performance.now();
    const written = await send({ ...request, secret: kind === 'Secret' }, read);
    options.listener?.wrote(verb, kind, (performance.now() - startedAt) / 1_000);
    return written;
  };
  const readObject = (body: string): LiveObject => JSON.parse(body) as LiveObject;

  return {
    connection,
    http,
    get: (resource, namespace, name, signal) =>
      send({ method: 'GET', path: pathOf(resource, namespace, name), ...(signal && { signal }) }, readObject),

    async list(resource, namespace, { labelSelector, fieldSelector, notOlderThan, signal } = {}) {
      const items: LiveObject[] = [];
      let token: string | undefined;
      for (;;) {
        const query = {
          limit: String(PAGE),
          ...(labelSelector !== undefined && { labelSelector }),
          ...(fieldSelector !== undefined && { fieldSelector }),
          ...(token !== undefined && { continue: token }),
          ...(token === undefined &&
            notOlderThan !== undefined && {
              resourceVersion: notOlderThan,
              resourceVersionMatch: 'NotOlderThan',
            }),
        };
        const page = await send(
          { method: 'GET', path: pathOf(resource, namespace), query, ...(signal && { signal }) },
          (body) => JSON.parse(body) as ListBody,
        );
        if (!page.ok) return page;
        // Items of a list carry no kind of their own.
        for (const item of page.value.items ?? []) {
          items.push({ ...item, apiVersion: resource.apiVersion, kind: resource.kind });
        }
        token = page.value.metadata.continue;
        if (token === undefined || token === '') {
          return { ok: true, value: { items, resourceVersion: page.value.metadata.resourceVersion }, warnings: [] };
        }
      }
    },

    apply: (resource, namespace, object, { fieldManager, force = false, dryRun = false, signal }) =>
      write(
        ['apply', resource],
        {
          method: 'PATCH',
          path: pathOf(resource, namespace, object.metadata.name),
          query: {
            fieldManager,
            fieldValidation: 'Strict',
            ...(force && { force: 'true' }),
            ...(dryRun && { dryRun: 'All' }),
          },
          contentType: 'application/apply-patch+yaml',
          body: JSON.stringify(object),
          ...(signal && { signal }),
        },
        (body, status) => ({ object: readObject(body), created: status === 201 }),
      ),

    create: (resource, namespace, object, fieldManager) =>
      write(
        ['create', resource],
        {
          method: 'POST',
          path: pathOf(resource, namespace),
          query: { fieldManager, fieldValidation: 'Strict' },
          contentType: 'application/json',
          body: JSON.stringify(object),
        },
        readObject,
      ),

    mergePatch: (resource, namespace, name, patch, { fieldManager, preconditions, signal }) => {
      const metadata = typeof patch.metadata === 'object' ? patch.metadata : {};
      return write(
        ['patch', resource],
        {
          method: 'PATCH',
          path: pathOf(resource, namespace, name),
          query: { fieldManager, fieldValidation: 'Strict' },
          contentType: 'application/merge-patch+json',
          body: JSON.stringify({ ...patch, metadata: { ...metadata, ...preconditions } }),
          ...(signal && { signal }),
        },
        readObject,
      );
    },

    remove: (resource, namespace, name, { preconditions, propagation, signal }) =>
      write(
        ['delete', resource],
        {
          method: 'DELETE',
          path: pathOf(resource, namespace, name),
          contentType: 'application/json',
          body: JSON.stringify({
            apiVersion: 'v1',
            kind: 'DeleteOptions',
            preconditions,
            propagationPolicy: propagation,
          }),
          ...(signal && { signal }),
        },
        // The object comes back while finalizers hold it, most often a Status once it is gone.
        (body) => {
          const { metadata } = JSON.parse(body) as { readonly metadata?: Partial<LiveMetadata> };
          return { pending: metadata?.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length > 0 };
        },
      ),
  };
}

interface ListBody {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly { readonly metadata: LiveMetadata; readonly [field: string]: unknown }[];
}
