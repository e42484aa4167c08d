import { join } from 'node:path';
import { watch } from 'chokidar';

export interface Watch {
  close(): Promise<void>;
}

/**
 * Calls `onChange` whenever a branch may have moved: a ref file was written, or vanished because refs were packed.
 * A hint and no more: whoever is called reads the ref again. Resolves when changes from now on are seen.
 */
export async function watchRefs(
  gitFolder: string,
  onChange: () => void,
  onError: (error: unknown) => void,
): Promise<Watch> {
  const watcher = watch([join(gitFolder, 'refs', 'heads'), join(gitFolder, 'packed-refs'), join(gitFolder, 'HEAD')], {
    ignoreInitial: true,
    ignored: (path) => path.endsWith('.lock'),
  });
  watcher.on('all', onChange);
  watcher.on('error', onError);
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return { close: () => watcher.close() };
}
