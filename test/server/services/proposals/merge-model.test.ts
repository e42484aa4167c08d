import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import { withEntries } from '../../../../constructs/repo/layered-map.ts';
import { FLEET_PATH, recordPath } from '../../../../constructs/repo/paths.ts';
import { readRepo, updateRepo } from '../../../../constructs/repo/read-repo.ts';
import { isSameContent, type FileContent } from '../../../../constructs/repo/rendered-file.ts';
import type { RepoContents } from '../../../../constructs/repo/repo.ts';
import type { BotInstance } from '../../../../constructs/schema/index.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { mergeRepos, type Side } from '../../../../server/services/proposals/merge-repos.ts';
import { editFiles } from '../../../../server/services/publish/edit-files.ts';
import { layBranch, layEdit, NEVER, type Bot, type Fields } from './merge-model.ts';

/** How many histories are lived through; a larger number is a matter of patience. */
const HISTORIES = Number(process.env.CLAWORC_TEST_HISTORIES ?? 1_000);
const NAMES = ['bot-a', 'bot-b'] as const;

const FLEET = newFleet({ recipients: [] });

/** main or a branch, in both worlds: the real files, and the model of each bot. */
interface Line {
  readonly side: Side;
  readonly bots: ReadonlyMap<string, Bot>;
  /** Comments of people that stand in the record of each bot. */
  readonly comments: ReadonlyMap<string, readonly string[]>;
}

const START: Line = {
  side: sideOf(new Map([[FLEET_PATH, Buffer.from(writeRecord(FLEET))]])),
  bots: new Map(NAMES.map((name) => [name, NEVER])),
  comments: new Map(),
};

function sideOf(files: RepoContents, before?: Side): Side {
  return { files, repo: before === undefined ? readRepo(files) : updateRepo(before.repo, before.files, files) };
}

const fieldsAt = ({ bots }: Line, name: string): Fields | null => bots.get(name)?.fields ?? null;
const recordAt = ({ side }: Line, name: string): BotInstance | null => side.repo.records.get(name)?.record ?? null;
const textAt = ({ side }: Line, name: string): string | undefined => side.repo.records.get(name)?.text;

/** A record whose fields are these and nothing else. */
function recordOf(name: string, fields: Fields): BotInstance {
  const env = [...fields].flatMap(([path, value]): [string, string][] =>
    path.startsWith('spec.env.') ? [[path.slice('spec.env.'.length), value]] : [],
  );
  const [state, image] = [fields.get('spec.state'), fields.get('spec.image')];
  return newRecord(
    {
      name,
      displayName: fields.get('spec.displayName') ?? '',
      ...(state === 'running' || state === 'stopped' ? { state } : {}),
      ...(image === undefined ? {} : { image }),
      ...(env.length === 0 ? {} : { env: Object.fromEntries(env) }),
    },
    FLEET,
  );
}

/** The fields of a record that the model speaks of. */
function fieldsOf({ spec }: BotInstance): Fields {
  const { env = {} } = spec;
  const told = { displayName: spec.displayName, state: spec.state, image: spec.image };
  return new Map([
    ...Object.entries(told).flatMap(([key, value]): [string, string][] =>
      value === undefined ? [] : [[`spec.${key}`, value]],
    ),
    ...Object.entries(env).map(([key, value]): [string, string] => [`spec.env.${key}`, value]),
  ]);
}

const anyFields = fc
  .record(
    {
      'spec.displayName': fc.constantFrom('a', 'b', 'c'),
      'spec.state': fc.constantFrom('running', 'stopped'),
      'spec.image': fc.constantFrom('example.com/a:1', 'example.com/a:2'),
      'spec.env.A': fc.constantFrom('1', '2'),
      'spec.env.B': fc.constantFrom('1', 'two words'),
    },
    { requiredKeys: ['spec.displayName'] },
  )
  .map((fields): Fields => new Map(Object.entries(fields) as [string, string][]));

/** Few fields of what is there are changed; now and then a bot comes or goes. */
const anyChange = fc.record({
  name: fc.constantFrom(...NAMES),
  isRemoval: fc.nat({ max: 5 }).map((dice) => dice === 0),
  fields: anyFields,
  touched: fc.uniqueArray(fc.constantFrom('spec.displayName', 'spec.state', 'spec.image', 'spec.env.A', 'spec.env.B'), {
    minLength: 1,
    maxLength: 2,
  }),
});
type Change = typeof anyChange extends fc.Arbitrary<infer T> ? T : never;

function nextOf(base: Fields | null, { isRemoval, fields, touched }: Change): Fields | null {
  if (base === null) return fields;
  if (isRemoval) return null;
  const next = new Map(base);
  for (const path of touched) {
    const value = fields.get(path);
    if (value === undefined) next.delete(path);
    else next.set(path, value);
  }
  return next;
}

const SEATS = 3;
const seat = fc.nat({ max: SEATS - 1 });
const anyEvent = fc.oneof(
  fc.record({ kind: fc.constant('look' as const), seat }),
  fc.record({ kind: fc.constant('save' as const), seat, change: anyChange }),
  fc.record({ kind: fc.constant('push' as const), change: anyChange, comment: fc.boolean() }),
  fc.record({ kind: fc.constant('propose' as const), seat, change: anyChange }),
  fc.record({ kind: fc.constant('push to branch' as const), seat, change: anyChange, comment: fc.boolean() }),
  fc.record({ kind: fc.constant('merge' as const), seat }),
);

/** Lays an edit that saw `seen` on a line; both worlds must say the same of it. */
function laid(line: Line, seen: Line, change: Change): Line {
  const { name } = change;
  const base = fieldsAt(seen, name);
  const next = nextOf(base, change);
  const expected = layEdit(line.bots.get(name) ?? NEVER, base, next);
  const real = editFiles(line.side.repo, line.side.files, {
    id: 'x',
    at: '2026-11-19T14:31:40Z',
    author: { name: 'Ada', email: 'ada@example.com' },
    message: 'Edit',
    changes: [
      { kind: 'BotInstance', name, base: recordAt(seen, name), next: next === null ? null : recordOf(name, next) },
    ],
  });
  expect(real.state === 'conflict' ? real.conflicts.map(({ field }) => field).sort() : []).toEqual(
    [...expected.conflicts].sort(),
  );
  if (real.state !== 'ready') return line;
  return checked({ ...line, side: sideOf(real.files, line.side), bots: new Map(line.bots).set(name, expected.bot) });
}

/** A person writes a record by hand, with a comment of its own above a field. */
function pushed(line: Line, change: Change, comment: string | undefined): Line {
  const { name } = change;
  const fields = nextOf(fieldsAt(line, name), { ...change, isRemoval: false }) ?? change.fields;
  const text = writeRecord(recordOf(name, fields), textAt(line, name));
  const written = comment === undefined ? text : text.replace(/^( *)displayName:/m, `$1${comment}\n$1displayName:`);
  const files = withEntries(
    line.side.files,
    new Map([
      [recordPath(name), Buffer.from(written)],
      [`tombstones/${name}.yaml`, undefined],
    ]),
  );
  const there = line.comments.get(name) ?? [];
  return checked({
    side: sideOf(files, line.side),
    bots: new Map(line.bots).set(name, { fields, isBuried: false }),
    comments: comment === undefined ? line.comments : new Map(line.comments).set(name, [...there, comment]),
  });
}

function merged(main: Line, base: Line, branch: Line): Line {
  const expected = new Map(
    NAMES.map((name) => {
      const [old, theirs, mine] = [base, main, branch].map(({ bots }) => bots.get(name) ?? NEVER);
      const file = recordPath(name);
      const [before, left, right] = [base, main, branch].map(({ side }) => side.files.get(file));
      const isSame = (one?: FileContent, other?: FileContent): boolean =>
        one === undefined || other === undefined ? one === other : isSameContent(one, other);
      const isUntouched = { theirs: isSame(before, left), mine: isSame(before, right) };
      return [name, layBranch(old ?? NEVER, theirs ?? NEVER, mine ?? NEVER, isUntouched)];
    }),
  );
  const real = mergeRepos(base.side, main.side, branch.side);
  const said = real.conflicts.map(({ unit, field }) => `${unit} ${field}`).sort();
  const wanted = [...expected].flatMap(([name, { conflicts }]) => conflicts.map((field) => `${name} ${field}`));
  expect(said).toEqual(wanted.sort());
  // A record beside its own tombstone is no sound repository, which is said when it is rendered.
  const isUnsound = [...expected.values()].some(({ bot }) => bot.fields !== null && bot.isBuried);
  if (said.length > 0 || isUnsound) return main;
  const bots = new Map([...expected].map(([name, { bot }]) => [name, bot]));
  const comments = new Map(NAMES.map((name) => [name, commentsOfBoth(name, main, base, branch)]));
  return checked({ side: sideOf(real.files, main.side), bots, comments });
}

/** Those of main that the branch did not take away, and those that the branch brought. */
function commentsOfBoth(name: string, main: Line, base: Line, branch: Line): readonly string[] {
  const [there, before, here] = [main, base, branch].map(({ comments }) => comments.get(name) ?? []);
  const kept = there?.filter((comment) => before?.includes(comment) !== true || here?.includes(comment) === true);
  return [...(kept ?? []), ...(here ?? []).filter((comment) => before?.includes(comment) !== true)];
}

/** The real files say what the model says, and every comment of a person is where it was. */
function checked(line: Line): Line {
  const { side } = line;
  expect(side.repo.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  for (const [name, { fields, isBuried }] of line.bots) {
    const record = recordAt(line, name);
    expect(record === null ? null : fieldsOf(record)).toEqual(fields);
    expect(side.repo.tombstones.has(name)).toBe(isBuried);
    if (fields === null) continue;
    const lines =
      textAt(line, name)
        ?.split('\n')
        .map((each) => each.trim()) ?? [];
    for (const comment of line.comments.get(name) ?? []) expect(lines).toContain(comment);
  }
  const comments = [...line.comments].filter(([name]) => fieldsAt(line, name) !== null);
  return { ...line, comments: new Map(comments) };
}

describe('edits, pushes and merged proposals in any order', () => {
  it(`leave main as the reference model has it, and what people wrote into it, ${HISTORIES} times`, () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 14, size: 'max' }), (events) => {
        let main = START;
        const seen = Array.from({ length: SEATS }, () => START);
        const branches = new Map<number, { readonly base: Line; readonly head: Line }>();
        for (const [index, event] of events.entries()) {
          switch (event.kind) {
            case 'look':
              seen[event.seat] = main;
              break;
            case 'save':
              main = laid(main, seen[event.seat] ?? START, event.change);
              break;
            case 'push':
              main = pushed(main, event.change, event.comment ? `# note ${index}` : undefined);
              break;
            case 'propose': {
              const { base, head } = branches.get(event.seat) ?? { base: main, head: main };
              branches.set(event.seat, { base, head: laid(head, seen[event.seat] ?? START, event.change) });
              break;
            }
            case 'push to branch': {
              const { base, head } = branches.get(event.seat) ?? { base: main, head: main };
              const comment = event.comment ? `# note ${index}` : undefined;
              branches.set(event.seat, { base, head: pushed(head, event.change, comment) });
              break;
            }
            case 'merge': {
              const branch = branches.get(event.seat);
              if (branch !== undefined) main = merged(main, branch.base, branch.head);
              branches.delete(event.seat);
              break;
            }
          }
        }
      }),
      { numRuns: HISTORIES },
    );
  });
});
