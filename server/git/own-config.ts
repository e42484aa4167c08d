import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ClaworcError } from '../lib/errors.ts';
import { createGit, type GitOptions, type RepositoryPlace } from './client.ts';
import type { GitLayout } from './folder/layout.ts';
import { standIn } from './stand-in.ts';

/**
 * All that is taken over from the config of a repository: how its files are laid out, and what those that we add must be
 * like for the others who write to it. None of it names a program, a path or another repository.
 */
const TAKEN: Readonly<Record<string, RegExp>> = {
  'core.repositoryformatversion': /^[01]$/,
  'core.bare': /^(true|false)$/,
  'core.logallrefupdates': /^(true|false|always)$/,
  'core.sharedrepository': /^(umask|group|all|true|false|world|everybody|[0-7]{1,4})$/,
  'extensions.objectformat': /^(sha1|sha256)$/,
  'extensions.refstorage': /^(files|reftable)$/,
};

/** Extensions that change nothing for our commands: the first two are about fetching and per-work-tree config. */
const HARMLESS: ReadonlySet<string> = new Set([
  'extensions.partialclone',
  'extensions.worktreeconfig',
  'extensions.noop',
  'extensions.preciousobjects',
  'extensions.relativeworktrees',
]);

/** A config of people has some hundred lines. */
const MAX_CONFIG_BYTES = 1_048_576;

export interface OwnConfig {
  readonly isBare: boolean;
  /** For one command. */
  readonly place: () => RepositoryPlace;
}

/**
 * The config of a repository is foreign text: it may name programs (`core.fsmonitor`, `gpg.program`, filters, hooks),
 * include other files, and change what a command reads; git has no switch that leaves it out. So no command ever sees it:
 * each is told that the common folder of the repository is one of ours, which holds a config of ours and links to the
 * branches. The few settings that a command can't do without are read by git as from any file, and taken over if they
 * are on a list; a list of what is forbidden would be as old as the git it was written for.
 */
export async function ownConfig(layout: GitLayout, temp: string, options: GitOptions = {}): Promise<OwnConfig> {
  const { gitFolder, commonFolder, hasWorkTree } = layout;
  const theirs = await settingsIn(join(commonFolder, 'config'), temp, options);
  const isBare = (theirs.get('core.bare') ?? String(!hasWorkTree)) === 'true';
  theirs.set('core.bare', String(isBare));
  // Through a link to a folder that isn't there yet git could not make it.
  if (!existsSync(join(commonFolder, 'logs'))) theirs.set('core.logallrefupdates', 'false');
  const config = [...theirs].map(([name, value]) => {
    const [section, key] = name.split('.');
    return `[${section}]\n\t${key} = ${value}\n`;
  });
  const place = (): RepositoryPlace => ({
    gitFolder,
    commonFolder: standIn(temp, commonFolder, config.join('')),
    objects: join(commonFolder, 'objects'),
  });
  return { isBare, place };
}

async function settingsIn(file: string, temp: string, options: GitOptions): Promise<Map<string, string>> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return new Map();
  if (!found.isFile() || found.size > MAX_CONFIG_BYTES) {
    throw new ClaworcError('git_refused', `${file} is no config of a repository: not a file, or larger than 1 MiB.`, {
      subject: file,
    });
  }
  // Run where no repository is.
  const folder = mkdtempSync(join(temp, 'claworc-git-'));
  try {
    const git = createGit(folder, dirname(folder), options);
    const output = await git.text(['config', '--file', file, '--no-includes', '--null', '--list'], { expect: [0, 1] });
    return settingsOf(output, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `<name>\n<value>\0`, again and again; a name alone is true. */
function settingsOf(output: string, file: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const entry of output.split('\0').filter((each) => each !== '')) {
    const end = entry.indexOf('\n');
    const name = end < 0 ? entry : entry.slice(0, end);
    const value = end < 0 ? 'true' : entry.slice(end + 1);
    const isExtension = name.startsWith('extensions.');
    if (TAKEN[name]?.test(value) === true) settings.set(name, value);
    else if (name === 'core.repositoryformatversion' || (isExtension && !HARMLESS.has(name))) {
      const message = `${file} has ${JSON.stringify(`${name} = ${value}`)}, which is not known here.`;
      throw new ClaworcError('git_refused', message, { subject: file });
    }
  }
  return settings;
}
