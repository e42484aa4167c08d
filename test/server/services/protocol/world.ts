import { randomUUID } from 'node:crypto';
import type { BotInstance } from '../../../../constructs/schema/index.ts';
import type { OpenedContext } from '../../../../server/services/open-app-context.ts';
import type { PublishEvents, Settled } from '../../../../server/services/publish/publisher.ts';
import { getInstance } from '../../../../server/store/instances.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import type { Mode, Places } from './house.ts';
import type { Entry } from './ledger.ts';
import type { Person } from './person.ts';

export interface World {
  readonly context: OpenedContext;
  readonly places: Places;
  readonly person: Person;
  readonly say: (entry: Entry) => void;
  /** Lets a person do something in the moment in which the server comes to a point next. */
  readonly atNext: (point: string, act: () => void) => void;
}

/** No event takes so long, however many others push meanwhile; what has not come by then never will. */
const LATEST_MS = 3 * PATIENCE_MS;

export const BOTS = ['bot-a', 'bot-b', 'bot-c'] as const;
const EVENTS = ['state', 'imported', 'rendered', 'published', 'conflict', 'failed', 'proposal'] as const;

/** Looks again at every word of the publisher, and now and then, until it is so. */
export async function until({ context: { publisher } }: World, isSo: () => boolean): Promise<void> {
  const stops: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((done, fail) => {
    const now = (): string => JSON.stringify(publisher.state());
    timer = setTimeout(() => fail(new Error(`It never came: ${isSo.toString()}, but ${now()}`)), LATEST_MS);
    const look = (): void => {
      if (isSo()) done();
    };
    for (const event of EVENTS) stops.push(publisher.on(event satisfies keyof PublishEvents, look));
    // That a remote was given something changes nothing here, and is told by no event.
    const looking = setInterval(look, 200);
    stops.push(() => clearInterval(looking));
    publisher.pull();
    look();
  });
  clearTimeout(timer);
  for (const stop of stops) stop();
}

/** Edits of main that wait for their commit. */
export const pendingEdits = ({ store }: Pick<OpenedContext, 'store'>): readonly unknown[] =>
  store.reader.all({}, "SELECT id FROM outbox WHERE state = 'pending' AND proposal IS NULL");

export function recordOf({ context: { store } }: World, bot: string): BotInstance {
  const record = getInstance(store.reader, bot)?.record;
  if (!record) throw new Error(`${bot} is not on main`);
  return record;
}

let names = 0;

export interface EditOptions {
  readonly proposal?: number;
  /** @default what main has */
  readonly base?: BotInstance;
  /** @default a variable that no other edit touches */
  readonly spec?: Partial<BotInstance['spec']>;
  /** What becomes of it. @default 'proposed' with a proposal, else 'published' */
  readonly end?: Settled['state'];
}

/** Saves a change of a field of one bot that no other edit touches, or `spec`; gives how it ended. */
export async function edit(world: World, bot: string, options: EditOptions = {}): Promise<Settled> {
  const { context, say } = world;
  const id = randomUUID();
  const variable = options.spec === undefined ? `EDIT_${process.pid}_${(names += 1)}` : null;
  const base = options.base ?? recordOf(world, bot);
  const spec = options.spec ?? { env: { ...base.spec.env, [variable ?? '']: id } };
  const { proposal } = options;
  context.publisher.submit({
    id,
    at: new Date().toISOString(),
    author: context.author,
    message: `Edit ${id}`,
    changes: [{ kind: 'BotInstance', name: bot, base, next: { ...base, spec: { ...base.spec, ...spec } } }],
    ...(proposal === undefined ? {} : { proposal }),
  });
  say({ kind: 'saved', id, bot, variable });
  const settled = await context.publisher.settled(id, LATEST_MS);
  const { end = proposal === undefined ? 'published' : 'proposed' } = options;
  if (settled.state !== end) throw new Error(`An edit is ${JSON.stringify(settled)} and not ${end}.`);
  return settled;
}

/** Something that a server and the people beside it do. */
export interface Step {
  /** @default embedded and remote */
  readonly modes?: readonly Mode[];
  readonly run: (world: World) => Promise<void>;
}
