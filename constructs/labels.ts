/** Labels of a part of a bot. `app` and `managed-by` are what people and older tools select by. */
export function labelsOf(instance: string, component: string): Record<string, string> {
  return {
    app: instance,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/instance': instance,
    'app.kubernetes.io/managed-by': 'claworc',
    'app.kubernetes.io/name': 'openclaw',
    'app.kubernetes.io/part-of': 'claworc',
    'managed-by': 'claworc',
  };
}

/** What a Deployment, a Service and a NetworkPolicy select a bot's pod by. Immutable in a Deployment: never change it. */
export function selectorOf(instance: string): Record<string, string> {
  return { app: instance };
}

/** Labels of the pods that may reach a bot's screens: the Claworc server's own. */
export const SERVER_SELECTOR = {
  'app.kubernetes.io/component': 'server',
  'app.kubernetes.io/name': 'claworc',
} as const;

/** Annotations of the pod template that make a change of something outside it restart the bot. */
export const RESTART_ANNOTATIONS = {
  config: 'claworc.dev/config-digest',
  keys: 'claworc.dev/keys-digest',
  restartedAt: 'claworc.dev/restarted-at',
} as const;

/** The bot that an object names by its labels; undefined for one that carries other labels than ours. What the fleet shares names `claworc`. */
export function instanceOf(labels: Readonly<Record<string, string>> = {}): string | undefined {
  const { 'app.kubernetes.io/instance': instance, 'app.kubernetes.io/managed-by': manager } = labels;
  return manager === 'claworc' && instance !== undefined && instance !== '' ? instance : undefined;
}
