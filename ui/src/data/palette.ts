import type { Instance } from '../../../server/http/schemas/instance.ts';
import type { IconName } from '../elements/icon-paths.ts';
import { STATUS_WORDS } from './words.ts';

export interface PaletteEntry {
  readonly group: 'Bots' | 'Actions' | 'Go to';
  readonly icon: IconName;
  /** The title around what was found in it. */
  readonly parts: readonly [before: string, hit: string, after: string];
  readonly note: string;
  readonly href?: string;
  /** Where Ctrl Enter leads, if elsewhere. */
  readonly ownWindow?: string;
  readonly act?: { readonly id: 'start' | 'stop' | 'restart'; readonly name: string };
}

const PER_GROUP = 8;

/** What a text finds: bots first and their screens before their pages, then acts, then pages. `>` at its beginning: acts only. */
export function paletteEntries(bots: readonly Instance[], text: string): readonly PaletteEntry[] {
  const actsOnly = text.startsWith('>');
  const wanted = text.replace(/^>\s*/, '').trim().toLowerCase();
  const found = bots.filter((bot) => `${bot.display_name} ${bot.name}`.toLowerCase().includes(wanted)).sort(byUrgency);
  const acts = wanted === '' && !actsOnly ? [] : found.flatMap(actsOf);
  const groups = actsOnly ? [acts] : [found.flatMap(screensOf), acts, pages()];
  return groups.flatMap((entries) => entries.flatMap((entry) => placed(entry, wanted)).slice(0, PER_GROUP));
}

type Draft = Omit<PaletteEntry, 'parts'> & { readonly title: string };

function placed({ title, ...entry }: Draft, wanted: string): PaletteEntry[] {
  const at = title.toLowerCase().indexOf(wanted);
  if (at < 0) return entry.group === 'Go to' ? [] : [{ ...entry, parts: [title, '', ''] }];
  return [
    { ...entry, parts: [title.slice(0, at), title.slice(at, at + wanted.length), title.slice(at + wanted.length)] },
  ];
}

function byUrgency(a: Instance, b: Instance): number {
  const order = ['error', 'creating', 'running', 'stopped'];
  return order.indexOf(a.status) - order.indexOf(b.status) || a.display_name.localeCompare(b.display_name, 'en');
}

function screensOf(bot: Instance): readonly Draft[] {
  const word = STATUS_WORDS[bot.status].word;
  const note = bot.status_reason === '' ? word : `${word}: ${bot.status_reason}`;
  const address = `instances/${bot.name}`;
  const overview: Draft = { group: 'Bots', icon: 'file', title: `${bot.display_name}: overview`, note, href: address };
  if (bot.status === 'error' || bot.status === 'stopped') return [overview];
  const screen = (id: 'chrome' | 'terminal', icon: IconName, name: string): Draft => ({
    group: 'Bots',
    icon,
    title: `${bot.display_name}: open ${name}`,
    note,
    href: `${address}/screens?only=${id}`,
    ownWindow: `${address}/screens/${id}`,
  });
  return [screen('chrome', 'globe', 'Chrome'), screen('terminal', 'terminal', 'Terminal'), overview];
}

function actsOf(bot: Instance): readonly Draft[] {
  const act = (id: 'start' | 'stop' | 'restart', icon: IconName, verb: string): Draft => ({
    group: 'Actions',
    icon,
    title: `${verb} ${bot.display_name}`,
    note: 'becomes a commit',
    act: { id, name: bot.name },
  });
  if (bot.status === 'stopped') return [act('start', 'play', 'Start')];
  return [act('restart', 'restart', 'Restart'), act('stop', 'stop', 'Stop')];
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
    page('Activity', 'activity', 'activity'),
    page('Settings', 'settings', 'settings'),
  ];
}
