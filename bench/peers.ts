import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveBinary } from '../test/control-plane/binaries.ts';
import { startControlPlane, type ControlPlane } from '../test/control-plane/control-plane.ts';
import { median, type Measurement } from './measurement.ts';
import { APPLIERS, appliersOf, type Applier } from './peers/appliers.ts';
import { FleetFolder } from './peers/fleet-folder.ts';
import { STEPS, type Pass, type Step } from './peers/pass.ts';
import { plotOf } from './peers/plot.ts';
import { rawApply } from './peers/raw-apply.ts';
import { requestsSince, requestsSoFar } from './peers/requests.ts';
import { tableOf } from './peers/table.ts';

/** Small fleets are over so soon that one pass says little. */
const ROUNDS: Readonly<Record<number, number>> = { 10: 3, 100: 2 };
/** What makes no pods: those of a fleet that no node runs would only take the API server's time. */
const CONTROLLERS = [
  'serviceaccount-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'persistentvolumeclaim-protection-controller',
];
/** Times the API server's own time for the same objects, and kubectl's CPU. */
const RAW_RATIO = 1.25;
const CPU_RATIO = 0.5;
const [CHANGED, DRIFTED, REMOVED] = ['bot-0001', 'bot-0002', 'bot-0003'];
const OTHER_IMAGE = 'example.com/other:1';

/**
 * Whole passes over one fleet by `claworc apply`, by kubectl with an ApplySet and by Flux's library, step by step in turns on
 * one API server; after each the cluster is asked whether the step was done. `BENCH_SIZES=10,100` names the fleets,
 * `BENCH_PLOT=file` gets the growth with the fleet as an SVG.
 */
export async function run(): Promise<readonly Measurement[]> {
  const sizes = (process.env.BENCH_SIZES ?? '10,100,300').split(',').map(Number);
  const flux = await resolveBinary('flux-ssa', { log: (line) => console.error(line) });
  const { BENCH_PLOT: plot } = process.env;
  const passes: Pass[] = [];
  for (const size of sizes) {
    await using plane = await startControlPlane({ components: 'api', controllers: CONTROLLERS });
    // The first of all pays for what each keeps for the next run.
    if (passes.length === 0) await round(plane, flux, { size: 4, number: 0 });
    for (let number = 1; number <= (ROUNDS[size] ?? 1); number += 1) {
      passes.push(...(await round(plane, flux, { size, number })));
      console.error(`${size} bots, round ${number}, load ${loadavg()[0]?.toFixed(1)}`);
    }
    // After each, as the large ones take long.
    console.log(tableOf(passes.filter((pass) => pass.size === size)));
    if (plot !== undefined) writeFileSync(plot, plotOf(passes));
  }
  return figuresOf(passes, sizes);
}

interface Round {
  readonly size: number;
  readonly number: number;
}

async function round(plane: ControlPlane, flux: string, { size, number }: Round): Promise<readonly Pass[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  try {
    const passOf = appliersOf(plane, flux, folder);
    const fleets = {} as Record<Applier, FleetFolder>;
    for (const applier of APPLIERS) {
      const place = join(folder, applier);
      mkdirSync(place);
      fleets[applier] = new FleetFolder(place, size, `bench-${applier}-${size}-${number}`);
      // Ours makes its own.
      if (applier !== 'claworc') await done(plane, ['create', 'namespace', fleets[applier].namespace]);
    }
    const passes = [await rawPass(plane, fleets.claworc, { size, number })];
    for (const [turn, step] of STEPS.entries()) {
      for (const applier of inTurns(turn + number)) {
        const fleet = fleets[applier];
        await prepare(plane, fleet, step);
        const before = await requestsSoFar(plane);
        const { wall, cpu, peak } = await passOf[applier](fleet);
        const requests = requestsSince(before, await requestsSoFar(plane));
        await check(plane, fleet, { step, size });
        passes.push({ size, step, applier, wall, cpu, peak, requests });
      }
    }
    return passes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rawPass(plane: ControlPlane, fleet: FleetFolder, { size, number }: Round): Promise<Pass> {
  const namespace = `bench-raw-${size}-${number}`;
  await done(plane, ['create', 'namespace', namespace]);
  const texts = fleet.rendered.map((text) =>
    text.replaceAll(`namespace: ${fleet.namespace}`, `namespace: ${namespace}`),
  );
  const wall = await rawApply(plane, texts);
  return {
    size,
    step: 'first apply',
    applier: 'raw',
    wall,
    cpu: undefined,
    peak: undefined,
    requests: `APPLY ${texts.length}`,
  };
}

/** Another of them begins each time. */
function inTurns(turn: number): readonly Applier[] {
  const first = turn % APPLIERS.length;
  return [...APPLIERS.slice(first), ...APPLIERS.slice(0, first)];
}

async function prepare(plane: ControlPlane, fleet: FleetFolder, step: Step): Promise<void> {
  if (step === 'one bot changed') fleet.setImage(CHANGED, OTHER_IMAGE);
  if (step === 'one bot removed') fleet.remove(REMOVED);
  if (step !== 'drift') return;
  const container = (await imageOf(plane, fleet, DRIFTED)).split(' ')[0];
  const patch = { spec: { template: { spec: { containers: [{ name: container, image: 'example.com/by-hand:1' }] } } } };
  const which = ['deployment', DRIFTED, '-n', fleet.namespace];
  await done(plane, ['patch', ...which, '--field-manager=kubectl-edit', '-p', JSON.stringify(patch)]);
}

/** A pass that did not do its step is no result. */
async function check(
  plane: ControlPlane,
  fleet: FleetFolder,
  { step, size }: { step: Step; size: number },
): Promise<void> {
  const fail = (what: string): never => {
    throw new Error(`${step} of ${size} bots in ${fleet.namespace}: ${what}`);
  };
  if (step === 'one bot changed' && !(await imageOf(plane, fleet, CHANGED)).endsWith(OTHER_IMAGE)) {
    fail('the image is the old one');
  }
  if (step === 'drift' && (await imageOf(plane, fleet, DRIFTED)).includes('by-hand')) fail('it is still there');
  if (step !== 'first apply' && step !== 'one bot removed') return;
  const { stdout } = await done(plane, ['get', 'deployments', '-n', fleet.namespace, '-o', 'name']);
  const wanted = step === 'first apply' ? size : size - 1;
  const found = stdout.trim().split('\n').length;
  if (found !== wanted) fail(`${found} Deployments in place of ${wanted}`);
}

/** The container of a bot and its image. */
async function imageOf(plane: ControlPlane, fleet: FleetFolder, bot: string): Promise<string> {
  const path = 'jsonpath={.spec.template.spec.containers[0].name} {.spec.template.spec.containers[0].image}';
  return (await done(plane, ['get', 'deployment', bot, '-n', fleet.namespace, '-o', path])).stdout;
}

async function done({ kubectl }: ControlPlane, args: string[]): Promise<{ readonly stdout: string }> {
  const ran = await kubectl(args);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return ran;
}

function figuresOf(passes: readonly Pass[], sizes: readonly number[]): readonly Measurement[] {
  const of = (size: number, applier: Pass['applier'], figure: 'wall' | 'cpu', step: Step = 'first apply'): number =>
    median(
      passes
        .filter((pass) => pass.size === size && pass.applier === applier && pass.step === step)
        .map((pass) => pass[figure] ?? NaN),
    );
  return sizes.flatMap((size) => {
    const ratio = (name: string, ours: number, theirs: number, limit: number): Measurement => {
      return { name: `${size} bots: ${name}`, value: ours / theirs, unit: 'x', limit };
    };
    const first = of(size, 'claworc', 'wall');
    return [
      ratio('first apply, clock beside the API server alone', first, of(size, 'raw', 'wall'), RAW_RATIO),
      ratio('first apply, clock beside kubectl', first, of(size, 'kubectl', 'wall'), 1),
      ratio('first apply, clock beside Flux', first, of(size, 'flux', 'wall'), 1),
      ...STEPS.map((step) =>
        ratio(
          `${step}, CPU beside kubectl`,
          of(size, 'claworc', 'cpu', step),
          of(size, 'kubectl', 'cpu', step),
          CPU_RATIO,
        ),
      ),
    ];
  });
}
