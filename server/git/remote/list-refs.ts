import { NO_WORD_OF_GIT } from './errors.ts';
import type { RemoteUrl } from './remote-url.ts';
import type { Failed, Talk } from './talk.ts';

/** What the remote has of a pattern of refs: lines of an id, a tab and the full name. Throws as the calls of `Remote` do. */
export type ListRefs = (pattern: string, signal: AbortSignal | undefined) => Promise<readonly string[]>;

/** A line of git's own about what it heard or said: `packet: git< version 2`. */
const PACKET = /^\S+ \S+ +packet: +\S+([<>]) /;

export function createRefLister(options: {
  readonly url: RemoteUrl;
  readonly talk: Talk;
  readonly failed: Failed;
}): ListRefs {
  const { url, talk, failed } = options;
  // Over http git takes any page for a repository of the old kind, which is read file by file: one line of HTML is then one
  // that has no branches. What serves mere files can't be pushed to, and could send us to others for its objects.
  const tellsPackets = url.scheme === 'http' || url.scheme === 'https';
  return async (pattern, signal) => {
    const args = ['ls-remote', '--refs', '--end-of-options', url.url, pattern];
    const { exitCode, stdout, stderr } = await talk(args, signal, { tellsPackets });
    const lines = stderr.split('\n');
    const words = lines.filter((line) => !PACKET.test(line)).join('\n');
    if (exitCode !== 0) throw failed('ls-remote', { exitCode, stdout, stderr: words });
    const hasSpoken = !tellsPackets || lines.some((line) => PACKET.exec(line)?.[1] === '<');
    if (!hasSpoken) throw failed('ls-remote', { exitCode, stdout: '', stderr: NO_WORD_OF_GIT });
    return stdout.split('\n');
  };
}
