/**
 * A server that walks through steps of the protocol. Usage:
 *   node worker.ts <folder> <embedded|remote> <steps, with commas> <point> <occurrence>
 * and kills itself there; with `-` in place of steps it walks on and on, and a sixth argument is the address of the remote;
 * with `-` as the point it says every point that it comes to, and ends by itself.
 */
import { randomInt } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openServer, placesIn, type Mode } from './house.ts';
import { lineOf, type Entry } from './ledger.ts';
import { personOf } from './person.ts';
import { wander, walk, type StepName } from './walk.ts';

const [folder = '', mode = '', steps = '', point = '-', occurrence = '1', url] = process.argv.slice(2);
const say = (entry: Entry): void => void writeSync(1, lineOf(entry));
let left = Number(occurrence);
let isWalking = false;
const acts = new Map<string, () => void>();
const failpoint = (reached: string): void => {
  if (!isWalking) return;
  const act = acts.get(reached);
  acts.delete(reached);
  act?.();
  if (point === '-') say({ kind: 'reached', point: reached });
  if (point !== reached || --left > 0) return;
  say({ kind: 'reached', point: reached });
  process.kill(process.pid, 'SIGKILL');
  // The signal comes when this thread gives way at the latest: nothing more is done until then.
  for (;;);
};

const places = placesIn(folder, mode as Mode, url);
await using context = await openServer(places, failpoint);
isWalking = true;
say({ kind: 'ready' });
const atNext = (at: string, act: () => void): void => void acts.set(at, act);
const world = { context, places, person: personOf(places), say, atNext };
if (steps === '-') await wander(world, randomInt);
await walk(world, steps.split(',') as StepName[]);
isWalking = false;
say({ kind: 'done' });
