/** What `task` gives, or undefined as soon as `signal` is aborted; what then still runs ends with the process. */
export async function unlessAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  task.catch(() => undefined);
  if (signal.aborted) return undefined;
  const aborted = Promise.withResolvers<undefined>();
  const end = (): void => aborted.resolve(undefined);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([task, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
