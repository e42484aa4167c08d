/**
 * Characters that no document of ours holds: control characters but tab, newline and carriage return, the line ends
 * that only readers of YAML 1.1 know (U+0085, U+2028, U+2029), byte order marks, non-characters and half surrogates.
 * Readers of YAML disagree about each of them.
 */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNFIT = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]|\p{Surrogate}/u;

export interface Unfit {
  readonly offset: number;
  readonly reason: string;
}

/** The first such character of a text. A whole file may also not hold carriage returns (`inFile`). */
export function findUnfit(text: string, inFile = false): Unfit | undefined {
  const at = UNFIT.exec(text);
  const carriageReturn = inFile ? text.indexOf('\r') : -1;
  if (carriageReturn >= 0 && (at === null || carriageReturn < at.index)) {
    return { offset: carriageReturn, reason: 'has Windows line ends (CR LF); save it with LF alone' };
  }
  if (at === null) return undefined;
  const code = (at[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return { offset: at.index, reason: `holds the character U+${code}, which readers of YAML disagree about` };
}
