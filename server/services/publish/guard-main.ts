import { takePushes } from '../../git/folder/init-repository.ts';
import { messageOf } from '../../lib/errors.ts';
import { getFleet } from '../../store/fleet.ts';
import type { AppContext } from '../app-context.ts';
import { publishModeOf } from '../proposals/main-takes.ts';

/**
 * Lets git itself refuse pushes to main of the embedded repository for as long as main takes proposals alone: a push into
 * the folder passes no server. Gives what stops it, when the last change is written.
 */
export async function guardMain({
  repository,
  publisher,
  store,
  log,
}: Pick<AppContext, 'repository' | 'publisher' | 'store' | 'log'>): Promise<() => Promise<void>> {
  let closed: boolean | undefined;
  let working = Promise.resolve();
  const look = (): void => {
    const isClosed = publishModeOf(getFleet(store.reader)?.record) === 'propose';
    if (isClosed === closed) return;
    closed = isClosed;
    working = working
      .then(() => takePushes(repository.folder, isClosed ? repository.mainRef : null))
      .catch((error: unknown) => log.warn('Pushes to main could not be closed or opened', { error: messageOf(error) }));
  };
  // Its state names the head, so it changes with every commit of main.
  const stop = publisher.on('state', look);
  look();
  await working;
  return () => {
    stop();
    return working;
  };
}
