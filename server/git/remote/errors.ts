import { ClaworcError } from '../../lib/errors.ts';
import type { Spoken } from '../client.ts';

/** Why the remote can't be read or written; each kind has its own next step. */
export type RemoteTrouble =
  | 'unreachable'
  | 'unknown_host'
  | 'unauthorized'
  | 'not_found'
  | 'may_not_push'
  | 'protected'
  | 'hook'
  | 'redirected'
  | 'shallow'
  | 'damaged'
  | 'no_branch'
  | 'full'
  | 'unfit'
  /** Git failed, and its words are not known here. */
  | 'unknown';

interface Cause {
  readonly pattern: RegExp;
  readonly trouble: RemoteTrouble;
  /** What is so, and what helps. */
  readonly says: string;
}

/** The first that matches counts, so what is particular comes first. Git's own words: LC_ALL is C. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /couldn't find remote ref/i,
    trouble: 'no_branch',
    says: 'a branch that it just had is gone',
  },
  {
    pattern: /host key verification failed|no .* host key is known|remote host identification has changed/i,
    trouble: 'unknown_host',
    says: "the host's key is not the one in the known hosts file. If the host was set up anew, check its key and replace the line",
  },
  {
    pattern: /SSL certificate|certificate verif|server certificate|self.signed certificate|unable to get local issuer/i,
    trouble: 'unknown_host',
    says: "the host's certificate can't be verified. Name the certificate of your authority with --remote-ca-file",
  },
  {
    // Git takes any page for a repository of the old kind, and pushes to it by WebDAV.
    pattern: /git-http-push failed|info\/refs not valid:|answered without a word of git|Cannot obtain needed object/i,
    trouble: 'unreachable',
    says: 'what answers there does not speak git: a login page, a proxy in between, or a server of mere files',
  },
  {
    pattern: /hash algorithm|mismatched algorithms|unknown object format/i,
    trouble: 'unfit',
    says: 'its object ids are of another kind (sha256) than those of the mirror here (sha1). Name a repository that was made without --object-format=sha256',
  },
  {
    pattern: /objects\/info\/alternates names/i,
    trouble: 'unfit',
    says: 'it borrows objects of another repository, which could be any on this machine and is not read. Run `git repack -a -d` in it and delete its objects/info/alternates, or name a clone that was made without --shared and --reference',
  },
  {
    pattern: /refspec \S+ matches more than one/i,
    trouble: 'unfit',
    says: 'it has a tag with the full name of the branch (refs/heads/...), so that git can not tell which of the two is meant. Delete that tag there',
  },
  {
    pattern: /unable to update url base from redirection|redirect|The requested URL returned error: 30\d/i,
    trouble: 'redirected',
    says: 'the host answers with a redirect, which is not followed because the token would go with it. Name the new URL with --remote',
  },
  {
    // Some tell it by 403, which would be a right that the account lacks.
    pattern: /The requested URL returned error: 429|rate limit|too many requests/i,
    trouble: 'unreachable',
    says: 'it takes no more requests for now; later it does again',
  },
  {
    pattern:
      /protected branch|GH006|GH013|You are not allowed to push code to protected|not allowed to push to protected|pre-receive hook declined: protected/i,
    trouble: 'protected',
    says: 'the branch is protected there: this account may not push to it directly',
  },
  {
    pattern: /pre-receive hook declined|update hook declined|hook declined/i,
    trouble: 'hook',
    says: 'a hook of the remote said no',
  },
  {
    pattern:
      /could not read Username|Authentication failed|HTTP Basic: Access denied|Permission denied \(|The requested URL returned error: 401|invalid credentials/i,
    trouble: 'unauthorized',
    says: 'the remote does not accept the credentials. Put a valid token or key into the file that was named; it is read again at each try',
  },
  {
    pattern:
      /The requested URL returned error: 403|Write access to repository not granted|denied to|not allowed to push|deploy key|read.only|Permission to .* denied|User permission denied|deny updating a hidden ref|insufficient permission/i,
    trouble: 'may_not_push',
    says: 'this account may not push to the repository. Give it the right to write, or publish by proposals from a fork',
  },
  {
    pattern:
      /repository .* not found|not found|does not appear to be a git repository|does not exist|The requested URL returned error: 404|Could not find repository|project you were looking for/i,
    trouble: 'not_found',
    says: 'there is no such repository, or this account may not see it. Check the address and the rights of the token or key',
  },
  {
    pattern: /shallow/i,
    trouble: 'shallow',
    says: 'the history of the remote is cut off (a shallow clone), so it can not be told what belongs to main',
  },
  {
    pattern: /exceeds maximum allowed size|exceeds GitHub's file size|too large|pack exceeds/i,
    trouble: 'full',
    says: 'the remote takes nothing as large as this',
  },
  {
    pattern: /No space left on device|quota/i,
    trouble: 'full',
    says: 'the disk is full',
  },
  {
    pattern:
      /bad object|missing blob|corrupt|did not send all necessary objects|index-pack failed|unpack(er)? (failed|error)|fsck error|bad tree|invalid index-pack|badName|hasDotgit|object .* is/i,
    trouble: 'damaged',
    says: 'an object is damaged or not one that git should accept; `git fsck` in a clone shows which',
  },
  {
    pattern:
      /could not resolve host(name)?|name or service not known|temporary failure in name resolution|connection (refused|timed out|reset|closed)|failed to connect|couldn't connect|network is unreachable|no route to host|operation timed out|timed out|early EOF|hung up|unexpected disconnect|kex_exchange|empty reply from server|transfer closed|gnutls_handshake|said nothing for|The requested URL returned error: (408|5\d\d)/i,
    trouble: 'unreachable',
    says: 'no answer',
  },
];

/** In place of git's words, which is not asked then. */
export const BORROWED_OBJECTS = 'fatal: objects/info/alternates names objects of another repository';
/** In place of git's words where it took an answer for one of a repository, and it was none. */
export const NO_WORD_OF_GIT = 'fatal: it answered without a word of git';

/** What is taken over from another machine's words, in characters. */
const MAX_WORDS = 600;

/** The trouble behind a command that failed, with what the other side said. Never one of `secrets`. */
export function remoteError(verb: string, where: string, spoken: Spoken, secrets: readonly string[]): ClaworcError {
  const { exitCode, stdout, stderr } = spoken;
  const heard = conceal(`${stdout}\n${stderr}`, secrets);
  const cause = CAUSES.find(({ pattern }) => pattern.test(heard));
  const trouble = cause?.trouble ?? 'unknown';
  const words = wordsOf(heard, exitCode);
  const says = cause?.says ?? 'git failed, for a reason that Claworc does not know; these are its words';
  const isOurs = trouble === 'unreachable';
  return new ClaworcError(
    isOurs ? 'git_unreachable' : 'git_refused',
    `${where} ${verb === 'push' ? "can't be pushed to" : "can't be read"}: ${says} (${words})`,
    { retryable: true, subject: where, body: { trouble } },
  );
}

/** The trouble that `remoteError` found; undefined for any other error. */
export function troubleOf(error: unknown): RemoteTrouble | undefined {
  if (!(error instanceof ClaworcError)) return undefined;
  const { trouble } = error.body;
  return typeof trouble === 'string'
    ? (CAUSES.find((each) => each.trouble === trouble)?.trouble ?? 'unknown')
    : undefined;
}

/** Whether main has moved there since it was fetched: read again, merge again. */
export function isRejected({ exitCode, stdout, stderr }: Spoken): boolean {
  if (exitCode === 0) return false;
  const lost = /\[rejected\]|\(fetch first\)|\(non-fast-forward\)|\(stale info\)/;
  // Two pushes in one moment: the second finds the ref locked, or moved under it.
  const race = /\[remote rejected\].*(failed to update ref|cannot lock ref|failed to lock|incorrect old value)/;
  return lost.test(stdout) || race.test(`${stdout}\n${stderr}`);
}

/** What the remote's hooks said, line by line; else git's last word. */
function wordsOf(heard: string, exitCode: number): string {
  const lines = heard.split('\n').map((line) => line.replace(CONTROL, ' ').trim());
  const remote = lines.flatMap((line) => {
    const said = /^remote: ?(.*)$/.exec(line)?.[1]?.trim() ?? '';
    return said === '' || /^(error: )?hook declined/.test(said) ? [] : [said];
  });
  // What came first is the cause; "Could not read from remote repository" follows upon it.
  const cause = lines.find((line) => /^(fatal|error|ssh|!)/i.test(line)) ?? lines.findLast((line) => line !== '');
  const words = remote.length > 0 ? remote.join(' ') : (cause ?? `exit code ${exitCode}`);
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}

// eslint-disable-next-line no-control-regex -- what another machine says must not steer a terminal
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

function conceal(text: string, secrets: readonly string[]): string {
  let concealed = text.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1');
  for (const secret of secrets) if (secret.length > 3) concealed = concealed.replaceAll(secret, '****');
  return concealed;
}
