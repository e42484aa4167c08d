import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { chartOf } from '../constructs/synth.ts';
import { YAML_OPTIONS } from '../constructs/yaml.ts';
import { synthFolder } from '../server/services/commands/synth.ts';
import { benchFiles, benchFleet } from './fleet.ts';
import { costOf, median, type Cost, type Measurement } from './measurement.ts';

const RECORDS = 1000;
const ROUNDS = 3;

/**
 * All of synth (files read, parsed, checked, rendered, written, remembered) beside nothing but `chart.toJson()` and the
 * `yaml` library for the same records, taking turns in one process; then synth again with nothing to do.
 */
export async function run(): Promise<readonly Measurement[]> {
  const base = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  try {
    await round(base, 'warm-up', 100);
    const rounds = [];
    for (let index = 0; index < ROUNDS; index += 1) rounds.push(await round(base, String(index), RECORDS));
    return figures(rounds);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

interface Round {
  readonly bare: Cost;
  readonly first: Cost;
  readonly again: Cost;
  readonly check: Cost;
}

async function round(base: string, name: string, size: number): Promise<Round> {
  const { fleet, records } = benchFleet(size);
  const folder = join(base, name);
  for (const [path, text] of benchFiles(size)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const synth = (check: boolean) =>
    synthFolder({ folder, check, cacheFolder: join(base, 'cache'), at: '2026-11-19T14:31:40Z', by: 'bench' });
  return {
    bare: await costOf(() => {
      for (const record of records) for (const object of chartOf(record, fleet, [])) stringify(object, YAML_OPTIONS);
    }),
    first: await costOf(() => synth(false)),
    again: await costOf(() => synth(false)),
    check: await costOf(() => synth(true)),
  };
}

function figures(rounds: readonly Round[]): readonly Measurement[] {
  const cpu = (pick: (round: Round) => Cost) => median(rounds.map((round) => pick(round).cpu));
  const wall = (pick: (round: Round) => Cost) => median(rounds.map((round) => pick(round).wall));
  const ratio = (a: (round: Round) => Cost, b: (round: Round) => Cost) =>
    median(rounds.map((round) => a(round).cpu / b(round).cpu));
  const seconds = (name: string, pick: (round: Round) => Cost): readonly Measurement[] => [
    { name: `${name}, CPU`, value: cpu(pick), unit: 's' },
    { name: `${name}, clock`, value: wall(pick), unit: 's' },
  ];
  return [
    ...seconds(`${RECORDS} records: bare toJson and YAML`, ({ bare }) => bare),
    ...seconds(`${RECORDS} records: synth`, ({ first }) => first),
    ...seconds(`${RECORDS} records: synth again`, ({ again }) => again),
    ...seconds(`${RECORDS} records: synth --check`, ({ check }) => check),
    {
      name: 'synth to bare',
      value: ratio(
        ({ first }) => first,
        ({ bare }) => bare,
      ),
      unit: 'x',
      limit: 1.5,
    },
    {
      name: 'synth again to synth',
      value: ratio(
        ({ again }) => again,
        ({ first }) => first,
      ),
      unit: 'x',
      limit: 0.25,
    },
  ];
}
