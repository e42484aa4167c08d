/** The node ports that a Service names; none of another kind. */
export function nodePortsOf({ kind, spec }: { readonly kind?: string; readonly spec?: unknown }): readonly number[] {
  if (kind !== undefined && kind !== 'Service') return [];
  const { ports = [] } = (spec ?? {}) as { readonly ports?: readonly { readonly nodePort?: number }[] };
  return ports.flatMap(({ nodePort }) => nodePort ?? []);
}
