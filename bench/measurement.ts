/** One figure of a benchmark. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it must not exceed; a benchmark that does fails. */
  readonly limit?: number;
}

/** What every file of this folder that measures exports as `run`: its figures, or a plain object of them. */
export type Benchmark = () => Promise<readonly Measurement[] | object>;

export function measurementsOf(result: readonly Measurement[] | object): readonly Measurement[] {
  if (Array.isArray(result)) return result as readonly Measurement[];
  return flatten(result, '');
}

function flatten(figures: object, prefix: string): readonly Measurement[] {
  return Object.entries(figures as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
    if (typeof value === 'number') return [{ name: `${prefix}${name}`, value, unit: '' }];
    return typeof value === 'object' && value !== null ? flatten(value, `${prefix}${name} `) : [];
  });
}

export interface Cost {
  /** Seconds of CPU, user and system. It says more than the clock on a machine that others use too. */
  readonly cpu: number;
  /** Seconds by the clock. */
  readonly wall: number;
}

export async function costOf(work: () => unknown): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1_000_000, wall };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The value that `percent` of a hundred do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil((values.length * percent) / 100) - 1] ?? Number.NaN;
}
