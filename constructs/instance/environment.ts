import type { k8s } from 'cdk8s-plus-28';
import type { KeyInUse } from '../key-in-use.ts';
import type { InstanceContext } from './context.ts';

/** The environment of the bot: what its runtime wants, what the record says, then its keys by reference. */
export function environmentOf({ instance, profile, keys }: InstanceContext): k8s.EnvVar[] {
  return [...[...profile.env(instance), ...instance.env].map(plain), ...keys.map(fromSecret)];
}

/** An empty value is left out: the API server drops it, and would then see a change in every apply. */
function plain({ name, value }: { readonly name: string; readonly value: string }): k8s.EnvVar {
  return value === '' ? { name } : { name, value };
}

function fromSecret({ name, secretName }: KeyInUse): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secretName, key: name } } };
}
