const DEFAULT_LIMIT = 50;

/** The number behind `limit`, from 1 to 999. */
export function limitOf(text: string | undefined): number {
  return text === undefined ? DEFAULT_LIMIT : Math.max(1, Number(text));
}
