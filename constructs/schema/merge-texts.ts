import type { BotInstance } from './bot-instance.ts';
import { carryComments } from './edit-yaml/carry-comments.ts';
import { mergeLines } from './edit-yaml/merge-lines.ts';
import type { Fleet } from './fleet.ts';
import { writeRecord } from './write-record.ts';

/** One document as three texts: what both sides began with, and what each made of it. */
export interface ThreeTexts {
  readonly base: string;
  readonly theirs: string;
  readonly mine: string;
}

/**
 * A record or fleet that was merged, as text: line by line where the sides changed different lines and `says` finds in the
 * result what was merged, else as theirs is written. The comments of both sides are in it either way.
 */
export function mergeTexts(
  { base, theirs, mine }: ThreeTexts,
  merged: BotInstance | Fleet,
  says: (text: string) => boolean,
): string {
  const lines = mergeLines(base, theirs, mine);
  if (lines !== undefined && says(lines)) return lines;
  const written = writeRecord(merged, theirs);
  return [theirs, mine].reduce((text, side) => carryComments(text, base, side), written);
}
