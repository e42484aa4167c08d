import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSshKey } from '../test/support/ssh-key.ts';
import { median, percentile, type Measurement } from './measurement.ts';
import { startPublishing, type Publishing } from './publishing.ts';

const BOTS = Number(process.env.BENCH_BOTS ?? 50);
/** Saves of each kind, in turns. */
const SAVES = Number(process.env.BENCH_SAVES ?? 40);

/** A save to its commit with a signature by an ssh key of Claworc's own, beside one without, in turns. */
export async function run(): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  try {
    const { file } = await createSshKey(join(folder, 'key'));
    await using signed = await startPublishing({ bots: BOTS, signingKey: file });
    await using unsigned = await startPublishing({ bots: BOTS });
    const times = { signed: [] as number[], unsigned: [] as number[] };
    for (let round = 0; round < SAVES; round += 1) {
      times.unsigned.push(await save(unsigned, round));
      times.signed.push(await save(signed, round));
    }
    return [
      { name: 'save to commit, unsigned, median', value: median(times.unsigned), unit: 'ms' },
      { name: 'save to commit, unsigned, p95', value: percentile(times.unsigned, 95), unit: 'ms' },
      { name: 'save to commit, signed, median', value: median(times.signed), unit: 'ms' },
      { name: 'save to commit, signed, p95', value: percentile(times.signed, 95), unit: 'ms' },
      { name: 'ratio', value: median(times.signed) / median(times.unsigned), unit: 'times', limit: 2 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const save = async (publishing: Publishing, round: number): Promise<number> =>
  (await publishing.save(publishing.names[(round * 7) % publishing.names.length] ?? '')).ms;
