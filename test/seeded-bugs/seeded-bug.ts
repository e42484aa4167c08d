/** A fault as somebody could make it in one place, and the tests that have to find it. */
export interface SeededBug {
  /** What goes wrong for a person. */
  readonly name: string;
  /** From the top of the checkout. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly HoldingTest[];
}

export interface HoldingTest {
  readonly file: string;
  /** The name of the test, or of the group that it is in, as it stands in the file. */
  readonly name: string;
}

/** The file with the bug in it. Throws for text that does not stand there exactly once. */
export function withBug({ name, file, find, replace }: SeededBug, text: string): string {
  const [before, after, ...more] = text.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    const times = after === undefined ? 'nowhere' : `${more.length + 1} times`;
    throw new RangeError(`"${name}": its text stands ${times} in ${file}, where it has to stand once:\n${find}`);
  }
  return `${before}${replace}${after}`;
}
