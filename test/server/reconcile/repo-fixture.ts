import { createHash } from 'node:crypto';
import { newFleet, newRecord, newTombstone, type NewRecord } from '../../../constructs/new-documents.ts';
import { readRepo, recordPath, synthRepo, tombstonePath, type Repo } from '../../../constructs/repo/index.ts';
import type { Applier, DataFate, Fleet, KeyScope, ReconcileMode } from '../../../constructs/schema/index.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import { sealedKeyPath } from '../../../constructs/sealed-secret.ts';
import type { CommitOrder } from '../../../server/git/read/commit-order.ts';
import type { FileVersion, FileVersions } from '../../../server/git/read/file-versions.ts';
import type { OpenKey } from '../../../server/reconcile/apply/open-secret.ts';
import { openKey } from '../../../server/secrets/open-key.ts';
import { recipientOf, type AgeIdentity } from '../../../server/secrets/identity.ts';
import { makeIdentity, seal } from '../secrets/fixtures.ts';

/** Of Claworc itself. */
export const VERSION = '0.1.0';

/** An instances repo in memory with a history: each `commit()` is a snapshot. */
export class RepoFixture {
  readonly files = new Map<string, Uint8Array>();
  readonly fleet: Fleet;
  readonly identity: AgeIdentity;
  readonly #commits: {
    readonly id: string;
    readonly parent: string | null;
    readonly files: Map<string, Uint8Array>;
  }[] = [];

  constructor(namespace: string, identity: AgeIdentity) {
    this.identity = identity;
    this.fleet = newFleet({ namespace, recipients: [recipientOf(identity)] });
    this.write('claworc.yaml', writeRecord(this.fleet));
  }

  static async create(namespace: string): Promise<RepoFixture> {
    return new RepoFixture(namespace, await makeIdentity());
  }

  readonly open: OpenKey = (text, where) => openKey(text, this.identity, where);

  write(path: string, text: string | null): this {
    if (text === null) this.files.delete(path);
    else this.files.set(path, Buffer.from(text));
    return this;
  }

  text(path: string): string {
    return Buffer.from(this.files.get(path) ?? '').toString();
  }

  record(name: string, spec: Partial<NewRecord> = {}): this {
    this.write(tombstonePath(name), null);
    return this.write(recordPath(name), writeRecord(newRecord({ displayName: name, ...spec, name }, this.fleet)));
  }

  /** Has claworc.yaml name another namespace, as a hand at a keyboard does; sealed keys stay as they are. */
  moveTo(namespace: string): this {
    return this.write('claworc.yaml', this.text('claworc.yaml').replace(/namespace: .*/, `namespace: ${namespace}`));
  }

  /** Has claworc.yaml name who applies. */
  appliedBy(applier: Applier): this {
    const others = this.text('claworc.yaml').replace(/^ {2}applier: .*\n/m, '');
    return this.write('claworc.yaml', others.replace('spec:\n', `spec:\n  applier: ${applier}\n`));
  }

  /** Has claworc.yaml, or a record, say whether it is applied; null takes that back. */
  reconciled(path: string, mode: ReconcileMode | null, reason?: string): this {
    const others = this.text(path).replace(/^ {2}reconcile:\n(?: {4}.*\n)+/m, '');
    if (mode === null) return this.write(path, others);
    const why = reason === undefined ? '' : `    reason: ${reason}\n`;
    return this.write(path, others.replace('spec:\n', `spec:\n  reconcile:\n    mode: ${mode}\n${why}`));
  }

  /** Has claworc.yaml say how a change of it goes through the fleet; null takes that back. */
  rolledOut(settings: string | null): this {
    const others = this.text('claworc.yaml').replace(/^ {2}rollout: .*\n/m, '');
    const line = settings === null ? '' : `  rollout: ${settings}\n`;
    return this.write('claworc.yaml', others.replace('spec:\n', `spec:\n${line}`));
  }

  /** Has claworc.yaml name another image for all bots. */
  imaged(image: string): this {
    return this.write('claworc.yaml', this.text('claworc.yaml').replace(/^ {2}image: .*$/m, `  image: ${image}`));
  }

  async key(scope: KeyScope, key: string, value: string | null): Promise<this> {
    const { namespace } = this.fleet.spec;
    const recipients = [recipientOf(this.identity)];
    const text = value === null ? null : await seal(this.identity, { scope, key, value, namespace, recipients });
    return this.write(sealedKeyPath(scope, key), text);
  }

  /** Takes the record away and leaves a tombstone. */
  remove(name: string, data: DataFate): this {
    this.write(recordPath(name), null);
    const tombstone = newTombstone(name, data, '2026-11-22T10:00:00Z', 'Somebody');
    return this.write(tombstonePath(name), writeRecord(tombstone));
  }

  /** Renders dist/ as `claworc synth` does. */
  synth(): this {
    const { changes } = synthRepo(readRepo(this.files), { at: '2026-11-22T10:00:00Z', by: 'Somebody' });
    for (const [path, text] of changes) this.write(path, text);
    return this;
  }

  get repo(): Repo {
    return readRepo(this.files);
  }

  /** Remembers the files as the new head. */
  commit(parent: string | null = this.head()): string {
    const hash = createHash('sha1')
      .update(`${String(parent)}${this.#commits.length}`)
      .digest('hex');
    this.#commits.push({ id: hash, parent, files: new Map(this.files) });
    return hash;
  }

  head(): string | null {
    return this.#commits.at(-1)?.id ?? null;
  }

  filesAt(commit: string): Map<string, Uint8Array> {
    return this.#commits.find(({ id }) => id === commit)?.files ?? new Map<string, Uint8Array>();
  }

  orderOf(commit: string, other: string): CommitOrder {
    if (this.isAncestor(other, commit)) return 'after';
    if (this.isAncestor(commit, other)) return 'before';
    return this.#commits.some(({ id }) => id === other) ? 'apart' : 'missing';
  }

  /** Where commits are read. */
  readonly source = {
    readFiles: async (commit: string) => ({ files: this.filesAt(commit), refused: [] }),
    orderOf: async (commit: string, other: string) => this.orderOf(commit, other),
  };

  parentOf(commit: string): string | null {
    return this.#commits.find(({ id }) => id === commit)?.parent ?? null;
  }

  fileVersions(commit: string, path: string): FileVersions {
    const versions: FileVersion[] = [];
    const find = (id: string | null) => this.#commits.find((each) => each.id === id);
    for (let at = find(commit); at !== undefined; at = find(at.parent)) {
      const bytes = at.files.get(path) ?? null;
      const before = find(at.parent)?.files.get(path) ?? null;
      if (bytes !== before) versions.push({ commit: at.id, bytes });
    }
    return { versions, isWhole: true };
  }

  isAncestor(ancestor: string, commit: string): boolean {
    let at: string | null | undefined = commit;
    while (at !== null && at !== undefined) {
      if (at === ancestor) return true;
      at = this.#commits.find(({ id }) => id === at)?.parent;
    }
    return false;
  }
}
