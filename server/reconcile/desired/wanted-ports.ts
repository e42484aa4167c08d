import type { DesiredState } from './desired-state.ts';

/** The node ports that a Service names; none of another kind. */
export function nodePortsOf({ kind, spec }: { readonly kind?: string; readonly spec?: unknown }): readonly number[] {
  if (kind !== undefined && kind !== 'Service') return [];
  const { ports = [] } = (spec ?? {}) as { readonly ports?: readonly { readonly nodePort?: number }[] };
  return ports.flatMap(({ nodePort }) => nodePort ?? []);
}

/** Every node port that a bot on main has. */
export function wantedPorts(desired: DesiredState | null): readonly number[] {
  return [...(desired?.units.values() ?? [])].flatMap((unit) =>
    unit.state === 'present' ? unit.objects.flatMap(({ object }) => nodePortsOf(object)) : [],
  );
}
