/**
 * Characters that move the cursor, colour what follows, break lines or turn the direction of text around, and the ones
 * that nobody sees. File names, field names and messages of others may hold any of them.
 */
const UNSEEN =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]|\p{Surrogate}/gu;

/** What a CI runner takes for a command: `::` at the start of a line, `##[`, `##vso[` or `##teamcity[` anywhere. */
const COMMANDS = /^([^\S\n]*):(?=:)|#(?=#\w{0,20}\[)/gm;

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

/** Joiners and selectors that belong to an emoji or to a word of the Arabic script. */
const RIGHTFUL = [
  /(?<=\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)\u200D(?=\p{Extended_Pictographic})/gu,
  /(?<=\p{Extended_Pictographic}|[0-9#*](?=\uFE0F\u20E3))\uFE0F/gu,
  /(?<=\p{Script=Arabic})\u200C(?=\p{Script=Arabic})/gu,
];

/** The first character of a name that makes it look like another one (`U+202E`), or undefined. */
export function hiddenCharacter(text: string): string | undefined {
  const rest = RIGHTFUL.reduce((left, pattern) => left.replace(pattern, ''), text);
  const found = /\p{Default_Ignorable_Code_Point}/u.exec(rest);
  return found === null ? undefined : `U+${(found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
