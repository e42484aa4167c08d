import type { Proposal, ProposalPage } from '../../http/schemas/proposals.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { serverApi, type ServerApi } from '../../http/api-client.ts';
import { choicesFor, conflictName, type Decisions } from '../../services/proposals/conflict-choices.ts';
import { conflictLines, SETTLE_WORDS } from '../conflict-text.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { pageLines, proposalLine } from '../proposal-text.ts';

interface Options extends CommonOptions, Decisions {
  readonly server: URL;
  readonly update: boolean;
  readonly merge: boolean;
  readonly close: boolean;
  readonly discardEdits: boolean;
  readonly reopen: boolean;
  readonly takeKeyOut?: string;
}

/** `claworc proposals`: 0 when it is done, 3 while something stands in the way of what was asked for. */
export async function proposals(
  options: Options,
  { io, signal }: Invocation,
  args: readonly string[],
): Promise<ExitCode> {
  const [text] = args;
  const act = actOf(options);
  const api = serverApi(options.server, signal);
  if (text === undefined) {
    if (act !== undefined) throw new ClaworcError('usage', `${act} needs the number of a proposal.`);
    const all = (await api.call('GET', '/proposals')) as readonly Proposal[];
    if (options.json) io.out(JSON.stringify(all, null, 2));
    else if (all.length === 0) io.out('there is no proposal');
    else for (const each of all) io.out(proposalLine(each));
    return EXIT.ok;
  }
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new ClaworcError('usage', `A proposal has a number, not ${text.slice(0, 50)}.`);
  const at = `/proposals/${text}`;
  switch (act) {
    case undefined:
      return show(api, at, options, io);
    case '--update':
      return update(api, at, options, io);
    case '--merge':
      return merge(api, at, options, io);
    case '--close':
      return done(
        await api.call('POST', `${at}/close`, { edits: options.discardEdits ? 'discard' : 'keep' }),
        options,
        io,
      );
    case '--reopen':
      return done(await api.call('POST', `${at}/reopen`), options, io);
    case '--take-key-out': {
      const [, unit = '', key = ''] = /^([^:]+):(.+)$/.exec(options.takeKeyOut ?? '') ?? [];
      if (key === '') throw new ClaworcError('usage', '--take-key-out takes UNIT:KEY, as in bot-alpha:OPENAI_API_KEY.');
      return done(await api.call('POST', `${at}/take-key-out`, { unit, key }), options, io);
    }
  }
}

type Act = '--update' | '--merge' | '--close' | '--reopen' | '--take-key-out';

function actOf({
  update,
  merge,
  close,
  reopen,
  takeKeyOut,
  discardEdits,
  mine,
  theirs,
  set,
}: Options): Act | undefined {
  const named = (
    [
      ['--update', update],
      ['--merge', merge],
      ['--close', close],
      ['--reopen', reopen],
      ['--take-key-out', takeKeyOut !== undefined],
    ] as const
  ).flatMap(([act, isNamed]) => (isNamed ? [act] : []));
  const [act, another] = named;
  if (another !== undefined) throw new ClaworcError('usage', `${act} and ${another} are done one after the other.`);
  if (discardEdits && act !== '--close') throw new ClaworcError('usage', '--discard-edits belongs to --close.');
  if (mine.length + theirs.length + set.length === 0) return act;
  if (act !== undefined && act !== '--update') {
    throw new ClaworcError('usage', '--mine, --theirs and --set belong to --update: settle first.');
  }
  return '--update';
}

const read = async (api: ServerApi, at: string): Promise<ProposalPage> => (await api.call('GET', at)) as ProposalPage;

async function show(api: ServerApi, at: string, { json }: Options, io: Io): Promise<ExitCode> {
  const page = await read(api, at);
  if (json) io.out(JSON.stringify(page, null, 2));
  else for (const line of pageLines(page)) io.out(line);
  return EXIT.ok;
}

/** Brings it up to main; 3 while a conflict is undecided, and then nothing is written. */
async function update(api: ServerApi, at: string, options: Options, io: Io): Promise<ExitCode> {
  const { proposal } = await read(api, at);
  const choices = choicesFor(proposal.conflicts, options);
  const left = proposal.conflicts.filter(
    ({ unit, field }) => !choices.some((choice) => choice.unit === unit && choice.field === field),
  );
  if (left.length > 0) {
    if (options.json) io.out(JSON.stringify({ state: 'conflict', conflicts: left }, null, 2));
    else {
      for (const line of conflictLines(left)) io.out(line);
      io.err(`not updated: main changed ${left.map(conflictName).join(', ')} too; ${SETTLE_WORDS}`);
    }
    return EXIT.differences;
  }
  const way = choices.length === 0 ? 'update' : 'resolve';
  return done(await api.call('POST', `${at}/${way}`, choices.length === 0 ? undefined : { choices }), options, io);
}

async function merge(api: ServerApi, at: string, options: Options, io: Io): Promise<ExitCode> {
  const { proposal } = await read(api, at);
  const { conflicts, may_merge: mayMerge, state } = proposal;
  if (state !== 'open' || mayMerge) {
    const merged = (await api.call('POST', `${at}/merge`)) as Proposal;
    done(merged, options, io);
    return merged.state === 'merged' ? EXIT.ok : EXIT.differences;
  }
  if (options.json) io.out(JSON.stringify(proposal, null, 2));
  else {
    for (const line of conflictLines(conflicts)) io.out(line);
    io.err(`not merged: ${proposal.waits_for}${conflicts.length === 0 ? '' : ` First --update it: ${SETTLE_WORDS}.`}`);
  }
  return EXIT.differences;
}

function done(answer: unknown, { json }: Pick<Options, 'json'>, io: Io): ExitCode {
  const proposal = answer as Proposal;
  if (json) io.out(JSON.stringify(proposal, null, 2));
  else io.out(proposalLine(proposal));
  return EXIT.ok;
}
