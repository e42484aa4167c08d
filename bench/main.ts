import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { measurementsOf, type Benchmark, type Measurement } from './measurement.ts';

/**
 * `npm run bench [name...]`: runs the benchmarks of this folder one after the other and prints a table each. Fails when
 * a figure is beyond its limit.
 */
const wanted = process.argv.slice(2);
let isBeyond = false;
for (const file of readdirSync(import.meta.dirname).sort()) {
  const name = file.replace(/\.ts$/, '');
  if (!file.endsWith('.ts') || name === 'main' || (wanted.length > 0 && !wanted.includes(name))) continue;
  const { run } = (await import(join(import.meta.dirname, file))) as { readonly run?: Benchmark };
  if (run === undefined) continue;
  const measurements = measurementsOf(await run());
  console.log(`\n${name}\n${tableOf(measurements)}`);
  isBeyond ||= measurements.some(({ value, limit }) => limit !== undefined && value > limit);
}
process.exitCode = isBeyond ? 1 : 0;

function tableOf(measurements: readonly Measurement[]): string {
  const width = Math.max(...measurements.map(({ name }) => name.length));
  return measurements
    .map(({ name, value, unit, limit }) => {
      const bound = limit === undefined ? '' : `  (${value > limit ? 'BEYOND' : 'limit'} ${limit} ${unit})`;
      return `  ${name.padEnd(width)}  ${value.toFixed(2).padStart(8)} ${unit}${bound}`.trimEnd();
    })
    .join('\n');
}
