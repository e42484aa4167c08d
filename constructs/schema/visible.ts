/**
 * Characters that move the cursor, colour what follows, break lines or turn the direction of text around, and the ones
 * that nobody sees. File names, field names and messages of others may hold any of them.
 */
const UNSEEN =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]|\p{Surrogate}/gu;

/** What a CI runner takes for a command: `::` at the start of a line, `##[` anywhere. */
const COMMANDS = /^([^\S\n]*):(?=:)|#(?=#\[)/gm;

const escaped = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** A text of others that is safe to print, with its line breaks and tabs. In JSON it is still the same JSON. */
export function visible(text: string): string {
  return text
    .replace(UNSEEN, escaped)
    .replace(COMMANDS, (found, space: string | undefined) => (found === '#' ? '\\u0023' : `${space ?? ''}\\u003a`));
}

/** The same as one line. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, escaped).replaceAll('\n', '\\n');
}

/** Tells joiners that belong to an emoji or to a word of the Arabic script from hidden ones. */
const JOINERS =
  /(?<=\p{Extended_Pictographic}[\uFE0F\u{1F3FB}-\u{1F3FF}]?)\u200D(?=\p{Extended_Pictographic})|(?<=\p{Script=Arabic})\u200C(?=\p{Script=Arabic})/gu;

const HIDDEN =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\u{E0000}-\u{E0FFF}]/u;

/** The first character of a name that makes it look like another one (`U+202E`), or undefined. */
export function hiddenCharacter(text: string): string | undefined {
  const found = HIDDEN.exec(text.replace(JOINERS, ''));
  return found === null ? undefined : `U+${(found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
