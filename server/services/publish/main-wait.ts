import type { PublisherState } from './publisher.ts';

type RemoteState = Extract<PublisherState, { readonly state: 'remote' }>;

const OF_REMOTE: Readonly<Record<RemoteState['trouble'], string>> = {
  unreachable: 'it does not answer',
  unknown_host: 'its host can’t be verified',
  unauthorized: 'it refuses the credentials',
  not_found: 'it has no such repository',
  may_not_push: 'no right to push',
  protected: 'its branch is protected',
  hook: 'a hook said no',
  redirected: 'it has another address',
  shallow: 'its history is cut off',
  damaged: 'an object is damaged',
  full: 'it has no room',
  unfit: 'it can’t be used as it is',
  unknown: 'git fails there',
  no_branch: 'it has no such branch',
  branch_gone: 'its branch is gone',
};

/** What stands between a draft and its commit, short enough for the side of a row; null while main is followed. */
export function mainWait(state: PublisherState): string | null {
  switch (state.state) {
    case 'following':
      return null;
    case 'unreachable':
      return 'git: it does not answer';
    case 'too_large':
      return 'main: it is too large';
    case 'unsigned':
      return 'a signature that main accepts';
    case 'rewritten':
      return 'a person: main was rewritten';
    case 'remote':
      return `the remote: ${OF_REMOTE[state.trouble]}`;
  }
}

/** The same as the reason of a draft. */
export function draftWait(wait: string | null, isRemoval = false): string {
  const what = wait ?? 'its commit';
  return isRemoval ? `Removal waits for ${what}` : `Waits for ${what}`;
}
