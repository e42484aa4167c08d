/** Thousandths of a CPU as a quantity. */
export function formatCpu(thousandths: bigint): string {
  return thousandths % 1000n === 0n ? `${thousandths / 1000n}` : `${thousandths}m`;
}

/** Thousandths of a byte as a quantity; exact: the largest binary suffix that leaves a whole number. */
export function formatBytes(thousandths: bigint): string {
  const bytes = (thousandths + 999n) / 1000n;
  if (bytes === 0n) return '0';
  for (const [index, suffix] of ['Ti', 'Gi', 'Mi', 'Ki'].entries()) {
    const factor = 1n << BigInt(40 - 10 * index);
    if (bytes % factor === 0n) return `${bytes / factor}${suffix}`;
  }
  return `${bytes}`;
}
