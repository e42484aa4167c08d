/** One entry of metadata.managedFields: which fields a manager owns. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: FieldsV1;
}

/** The tree of `f:name`, `k:{...}`, `v:...` keys of structured-merge-diff; `.` stands for the item itself. */
export interface FieldsV1 {
  readonly [key: string]: FieldsV1;
}

export interface LiveMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  /** When it must be gone: the time of the request plus the grace period. */
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** An object as the API server has it; nothing is dropped and nothing is typed beyond its metadata. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: LiveMetadata;
  readonly [field: string]: unknown;
}
