/** One ref that a push wants to move. */
export interface PushCommand {
  readonly from: string;
  readonly to: string;
  readonly ref: string;
}

/** The first part of what `git push` sends, before the pack. */
export interface PushHead {
  readonly commands: readonly PushCommand[];
  readonly capabilities: ReadonlySet<string>;
  /** True where there are more commands than are read; the rest is not known. */
  readonly isTooLong: boolean;
}

/** Length of what is before the pack: some thousand refs. */
export const MAX_PUSH_HEAD = 1_048_576;
/** Each of them is brought to the disk by itself, without a word to whoever pushed. */
const MAX_COMMANDS = 500;
/** Of one packet; one byte of it names the band. */
const MAX_TEXT = 65_000;
const COMMAND = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (\S+)$/;

/**
 * Reads the list of refs in front of a pushed pack (gitprotocol-pack, "Reference Update Request"). `more`: it has not come
 * in whole; `broken`: git never sends this.
 */
export function parsePushHead(bytes: Buffer): PushHead | 'more' | 'broken' {
  const commands: PushCommand[] = [];
  let capabilities: ReadonlySet<string> = new Set();
  for (let at = 0; ;) {
    if (bytes.length < at + 4) return 'more';
    const digits = bytes.toString('latin1', at, at + 4);
    const length = /^[0-9a-f]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
    if (length === 0) return { commands, capabilities, isTooLong: false };
    if (length <= 4) return 'broken';
    if (at + length > MAX_PUSH_HEAD) return { commands, capabilities, isTooLong: true };
    if (bytes.length < at + length) return 'more';
    const [line = '', words] = bytes
      .toString('utf8', at + 4, at + length)
      .replace(/\n$/, '')
      .split('\0');
    at += length;
    if (words !== undefined) capabilities = new Set(words.split(' ').filter((each) => each !== ''));
    if (line.startsWith('shallow ')) continue;
    const [, from, to, ref] = COMMAND.exec(line) ?? [];
    if (from === undefined || to === undefined || ref === undefined) return 'broken';
    commands.push({ from, to, ref });
  }
}

export const isDeletion = ({ to }: PushCommand): boolean => /^0+$/.test(to);

/** Why a push is not let in, in words; undefined where it is git's turn. */
export function whyNoPush(
  { commands, isTooLong }: PushHead,
  mainRef: string,
  mainIsClosed?: string,
): string | undefined {
  if (isTooLong || commands.length > MAX_COMMANDS) {
    return `Too many branches and tags in one push; at most ${MAX_COMMANDS} are taken at once.`;
  }
  const main = mainRef.replace('refs/heads/', '');
  for (const command of commands) {
    if (!/^refs\/(?:heads|tags)\//.test(command.ref)) {
      return `${command.ref.slice(0, 200)} is neither a branch nor a tag; only those can be pushed here.`;
    }
    if (!isDeletion(command) && isMistakable(command.ref, mainRef)) {
      return `${command.ref.slice(0, 200)} could be taken for ${main} or for an option of git: give it another name.`;
    }
    if (command.ref === mainRef && mainIsClosed !== undefined) return mainIsClosed;
    if (command.ref === mainRef && isDeletion(command)) {
      return `${main} can't be deleted: it is what the bots are made from. Remove bots by a commit on it.`;
    }
  }
  return undefined;
}

/**
 * Names that git takes and its commands, or the disk of another machine, take for something else: `HEAD`, a tag `refs/heads/main`,
 * `--option`, and on a disk that does not tell letters by their case `MAIN`, which is main's own file there.
 */
function isMistakable(ref: string, mainRef: string): boolean {
  const name = ref.replace(/^refs\/(?:heads|tags)\//, '');
  const fold = (text: string): string => text.normalize('NFC').toLowerCase();
  return /^(?:HEAD$|refs\/|-)/i.test(name) || (ref !== mainRef && fold(ref) === fold(mainRef));
}

/** The answer that git shows to whoever pushed: the reason in a line of `remote:`, and each ref as not moved. */
export function refusedPush({ commands, capabilities }: PushHead, reason: string): Buffer {
  const short = reason.split(/[.:;] /)[0] ?? reason;
  const report = Buffer.concat([
    packet(Buffer.from('unpack ok\n')),
    ...commands.map(({ ref }) => packet(Buffer.from(`ng ${ref} ${short.replace(/\.$/, '')}\n`))),
    Buffer.from('0000'),
  ]);
  if (!capabilities.has('side-band-64k')) return report;
  const bands = [packet(Buffer.from(`\u0002${reason}\n`))];
  for (let at = 0; at < report.length; at += MAX_TEXT) {
    bands.push(packet(Buffer.concat([Buffer.from([1]), report.subarray(at, at + MAX_TEXT)])));
  }
  return Buffer.concat([...bands, Buffer.from('0000')]);
}

function packet(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}
