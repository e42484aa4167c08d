import type { k8s } from 'cdk8s-plus-28';
import type { KeyInUse } from '../key-in-use.ts';
import type { InstanceContext } from './context.ts';

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The environment of the bot: what its runtime wants, what the record says, then its keys by reference. */
export function environmentOf({ instance, profile, keys }: InstanceContext): k8s.EnvVar[] {
  const own = new Set(instance.env.map(({ name }) => name));
  const variables = [...profile.env(instance).filter(({ name }) => !own.has(name)), ...instance.env];
  // Rendering 1 left `$` to Kubernetes, which reads `$(NAME)` and `$$` in a value as its own.
  const values = instance.rendering === 1 ? variables : variables.map(literal);
  return [...values.map(plain), ...keys.map(fromSecret)];
}

/**
 * The value that reaches the pod as it was typed. Each `$` is doubled, also where it starts nothing: the kubelet takes
 * `$` with the byte after it for one piece of text, and breaks a character of several bytes there (`$é`).
 */
function literal({ name, value }: Variable): Variable {
  return { name, value: value.replaceAll('$', '$$$$') };
}

/** An empty value is left out: the API server drops it, and would then see a change in every apply. */
function plain({ name, value }: Variable): k8s.EnvVar {
  return value === '' ? { name } : { name, value };
}

function fromSecret({ name, secretName }: KeyInUse): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secretName, key: name } } };
}
