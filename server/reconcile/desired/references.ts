import { isRecord } from '../../lib/is-record.ts';

/** Names of Secrets that the pods of a Deployment read keys from. */
export function secretsOf(object: { readonly kind: string; readonly [field: string]: unknown }): ReadonlySet<string> {
  const names = new Set<string>();
  if (object.kind === 'Deployment') collect(object.spec, names);
  return names;
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) collect(item, names);
    return;
  }
  if (!isRecord(value)) return;
  const { secretKeyRef, secretRef, secret } = value;
  for (const reference of [secretKeyRef, secretRef]) {
    if (isRecord(reference) && typeof reference.name === 'string') names.add(reference.name);
  }
  if (isRecord(secret) && typeof secret.secretName === 'string') names.add(secret.secretName);
  for (const inner of Object.values(value)) collect(inner, names);
}
