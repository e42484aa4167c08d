import type { Proposal } from '../../../server/http/schemas/proposals.ts';
import type { Instance } from '../../../server/http/schemas/instance.ts';
import type { IconName } from '../elements/icon-paths.ts';
import { STATUS_WORDS } from './words/words.ts';

export interface PaletteEntry {
  readonly group: 'Bots' | 'Actions' | 'Go to';
  readonly icon: IconName;
  /** The title around what was found in it. */
  readonly parts: readonly [before: string, hit: string, after: string];
  readonly note: string;
  readonly href?: string;
  /** Where Ctrl Enter leads, if elsewhere. */
  readonly ownWindow?: string;
  readonly act?: { readonly id: PaletteAct; readonly name: string };
  /** Proposes what stands in the form that is open. */
  readonly isForm?: boolean;
}

type PaletteAct = 'start' | 'stop' | 'restart' | 'propose-start' | 'propose-stop' | 'propose-restart';

/** What the palette finds beside bots. */
export interface PaletteSurroundings {
  readonly proposals: readonly Pick<Proposal, 'number' | 'title' | 'author'>[];
  /** Whether a form is open whose content could be proposed. */
  readonly hasForm: boolean;
  /** Whether main takes changes by proposals alone. */
  readonly isProposeOnly: boolean;
}

const ALONE: PaletteSurroundings = { proposals: [], hasForm: false, isProposeOnly: false };

const PER_GROUP = 8;

/** Tells entries apart, whatever else is found beside them. */
export function entryKey({ act, href, isForm }: PaletteEntry): string {
  if (isForm === true) return 'form';
  return act === undefined ? `${href}` : `${act.id} ${act.name}`;
}

/**
 * What a text finds: bots first and their screens before their pages, then acts, then pages. `>` at its beginning: acts
 * only. Every word has to be found, in any order: `stop alpha` is "Stop Bot Alpha".
 */
export function paletteEntries(
  bots: readonly Instance[],
  text: string,
  around: PaletteSurroundings = ALONE,
): readonly PaletteEntry[] {
  const actsOnly = text.startsWith('>');
  const wanted = text.replace(/^>\s*/, '').trim().toLowerCase();
  const sorted = [...bots].sort(byUrgency);
  // Nobody who wants something else would look through twice as many.
  const isToPropose = wanted.split(/\s+/).some((word) => word.length > 2 && 'propose'.startsWith(word));
  const ofBots = sorted.flatMap((bot) => (isToPropose ? proposedActsOf(bot, around) : actsOf(bot, around)));
  const known = [...(around.hasForm ? [FORM] : []), ...(wanted === '' && !actsOnly ? [] : ofBots)];
  const acts = wanted === '' ? known : actsFirst(known, wanted);
  const groups = actsOnly
    ? [acts]
    : [sorted.flatMap(screensOf), acts, [...pages(), ...around.proposals.map(proposalPage)]];
  return groups.flatMap((entries) => entries.flatMap((entry) => placed(entry, wanted)).slice(0, PER_GROUP));
}

interface Draft extends Omit<PaletteEntry, 'parts'> {
  readonly title: string;
  /** The name in the cluster, by which it is found too. */
  readonly bot?: string;
}

function placed({ title, bot = '', ...entry }: Draft, wanted: string): PaletteEntry[] {
  const words = `${title} ${bot}`.toLowerCase();
  if (!wanted.split(/\s+/).every((word) => words.includes(word))) return [];
  const at = title.toLowerCase().indexOf(wanted);
  if (at < 0) return [{ ...entry, parts: [title, '', ''] }];
  return [
    { ...entry, parts: [title.slice(0, at), title.slice(at, at + wanted.length), title.slice(at + wanted.length)] },
  ];
}

/** Acts that begin with the text before others: `start` is Start before it is Restart. */
function actsFirst(acts: readonly Draft[], wanted: string): readonly Draft[] {
  const [verb = ''] = wanted.split(/\s+/);
  const begins = ({ title }: Draft): boolean => title.toLowerCase().startsWith(verb);
  return [...acts.filter(begins), ...acts.filter((act) => !begins(act))];
}

function byUrgency(a: Instance, b: Instance): number {
  const order = ['error', 'creating', 'running', 'stopped'];
  return order.indexOf(a.status) - order.indexOf(b.status) || a.display_name.localeCompare(b.display_name, 'en');
}

function screensOf(bot: Instance): readonly Draft[] {
  const word = STATUS_WORDS[bot.status].word;
  const note = bot.status_reason === '' ? word : `${word}: ${bot.status_reason}`;
  const address = `instances/${bot.name}`;
  const overview: Draft = {
    group: 'Bots',
    icon: 'file',
    title: `${bot.display_name}: overview`,
    bot: bot.name,
    note,
    href: address,
  };
  if (bot.status === 'error' || bot.status === 'stopped') return [overview];
  const screen = (id: 'chrome' | 'terminal', icon: IconName, name: string): Draft => ({
    group: 'Bots',
    icon,
    title: `${bot.display_name}: open ${name}`,
    bot: bot.name,
    note,
    href: `${address}/screens?only=${id}`,
    ownWindow: `${address}/screens/${id}`,
  });
  return [screen('chrome', 'globe', 'Chrome'), screen('terminal', 'terminal', 'Terminal'), overview];
}

function actsOf(bot: Instance, { isProposeOnly }: PaletteSurroundings): readonly Draft[] {
  // Main has it no more.
  if (bot.leaving !== null) return [];
  const act = (id: 'start' | 'stop' | 'restart', icon: IconName, verb: string): Draft => ({
    group: 'Actions',
    icon,
    title: `${verb} ${bot.display_name}`,
    bot: bot.name,
    note: isProposeOnly && id !== 'stop' ? 'becomes a proposal' : 'becomes a commit',
    act: { id, name: bot.name },
  });
  if (bot.status === 'stopped') return [act('start', 'play', 'Start')];
  return [act('restart', 'restart', 'Restart'), act('stop', 'stop', 'Stop')];
}

/** What main would take at once as well. */
function proposedActsOf(bot: Instance, around: PaletteSurroundings): readonly Draft[] {
  return actsOf(bot, around).flatMap(({ title, act, ...rest }): Draft[] => {
    if (act === undefined || (around.isProposeOnly && act.id !== 'stop')) return [];
    const words = `Propose to ${title.slice(0, 1).toLowerCase()}${title.slice(1)}`;
    const id = `propose-${act.id}` as PaletteAct;
    return [{ ...rest, title: words, note: 'becomes a proposal', act: { id, name: act.name } }];
  });
}

const FORM: Draft = {
  group: 'Actions',
  icon: 'proposal',
  title: 'Propose this form',
  note: 'what was typed becomes a proposal',
  isForm: true,
};

function proposalPage({ number, title, author }: PaletteSurroundings['proposals'][number]): Draft {
  return {
    group: 'Go to',
    icon: 'proposal',
    title: `Proposal #${number}: ${title}`,
    note: `by ${author}`,
    href: `proposals/${number}`,
  };
}

function pages(): readonly Draft[] {
  const page = (title: string, icon: IconName, href: string): Draft => ({
    group: 'Go to',
    icon,
    title,
    note: '',
    href,
  });
  return [
    page('Fleet', 'fleet', './'),
    page('New bot', 'plus', 'new'),
    page('Proposals', 'proposal', 'proposals'),
    page('Activity', 'activity', 'activity'),
    page('Settings', 'settings', 'settings'),
  ];
}
