import { newFleet, newRecord, newTombstone, type NewRecord } from '../../../constructs/new-documents.ts';
import { readRepo, synthRepo, type RepoFiles } from '../../../constructs/repo/index.ts';
import { BINDING_ENTRY, sealedKeyPath, sealedSecretMetadata } from '../../../constructs/sealed-secret.ts';
import type { Fleet } from '../../../constructs/schema/index.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import { renderYaml } from '../../../constructs/yaml.ts';

export const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
export const fleet: Fleet = newFleet({ recipients: [RECIPIENT] });

const encoder = new TextEncoder();

/** An instances repo that tests change like a folder. */
export class Files extends Map<string, Uint8Array> {
  put(path: string, text: string): this {
    return this.set(path, encoder.encode(text));
  }

  text(path: string): string {
    return new TextDecoder().decode(this.get(path));
  }

  edit(path: string, passage: string, replacement: string): this {
    if (!this.text(path).includes(passage)) throw new Error(`${path} has no ${passage}`);
    return this.put(
      path,
      this.text(path).replace(passage, () => replacement),
    );
  }

  record(name: string, changes: Partial<NewRecord> = {}): this {
    return this.put(`instances/${name}.yaml`, writeRecord(newRecord({ name, displayName: name, ...changes }, fleet)));
  }

  tombstone(name: string): this {
    return this.put(
      `tombstones/${name}.yaml`,
      writeRecord(newTombstone(name, 'retain', '2026-11-19T14:31:40Z', 'Ada')),
    );
  }

  key(scope: string, key: string, seed = `${scope}${key}`): this {
    return this.put(sealedKeyPath(scope, key), sealedText(scope, key, seed));
  }

  /** Renders it and writes what changed, as `claworc synth` does. */
  synth(): this {
    const { changes } = synthRepo(readRepo(this), AT);
    for (const [path, text] of changes) {
      if (text === null) this.delete(path);
      else this.put(path, text);
    }
    return this;
  }
}

export const AT = { at: '2026-11-19T14:31:40Z', by: 'Ada' } as const;

/** `claworc.yaml` and the records of these names, not rendered. */
export function filesOf(...names: readonly string[]): Files {
  const files = new Files().put('claworc.yaml', writeRecord(fleet));
  for (const name of names) files.record(name);
  return files;
}

/** Has the form of an encrypted value; another seed gives another one. */
export function encrypted(seed: string): string {
  const base64 = Buffer.from(seed.padEnd(24, '.')).toString('base64').replace(/=+$/, '');
  return `ENC[AES256_GCM,data:${base64},iv:${base64},tag:${base64},type:str]`;
}

export function sealedText(scope: string, key: string, seed: string, changes: object = {}): string {
  return renderYaml({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: sealedSecretMetadata(scope, key, 'claworc'),
    type: 'Opaque',
    stringData: { [key]: encrypted(seed), [BINDING_ENTRY]: encrypted(`${seed} binding`) },
    sops: {
      age: [
        { enc: '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n', recipient: RECIPIENT },
      ],
      encrypted_regex: '^(data|stringData)$',
      lastmodified: '2026-11-19T14:31:40Z',
      mac: encrypted('mac'),
      mac_only_encrypted: true,
      version: '3.13.2',
    },
    ...changes,
  });
}

/** `unit: file: message` of every problem, for comparisons that should be read. */
export function summaryOf(problems: ReturnType<typeof readRepo>['problems']): string[] {
  return problems.map(({ unit, file, line, message }) => `${unit ?? '-'} ${file}:${line ?? ''} ${message}`);
}

export function read(files: RepoFiles) {
  return readRepo(files);
}
