import { parseQuantity } from '../../../../constructs/schema/quantity.ts';
import type { Instance } from '../../../../server/http/schemas/instance.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How long ago, without "ago": `38 s`, `13 min`, `3 h`, `140 d`; the date when it is more than a year. */
export function ageOf(iso: string, now: number): string {
  const passed = now - Date.parse(iso);
  if (Number.isNaN(passed)) return '';
  if (passed > 365 * DAY) return dateOf(iso);
  return duration(Math.max(0, passed));
}

/** Milliseconds as one number and one unit. */
export function duration(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** `2 Jul 2026`, UTC. */
export function dateOf(iso: string): string {
  const at = new Date(iso);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''} ${at.getUTCFullYear()}`;
}

/** `14:31:52`, UTC. */
export function clockOf(iso: string): string {
  return new Date(iso).toISOString().slice(11, 19);
}

/** The exact time for a `title`: `2026-11-19 14:31:52 UTC`. */
export function exactTime(iso: string): string {
  const text = new Date(iso).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

/** The clock time on the same UTC day as `now`, `yesterday`, or how long ago: for sentences and lists. */
export function whenOf(iso: string, now: number): string {
  const today = new Date(now).toISOString().slice(0, 10);
  const day = iso.slice(0, 10);
  if (day === today) return clockOf(iso);
  const yesterday = new Date(now - DAY).toISOString().slice(0, 10);
  if (day === yesterday) return 'yesterday';
  return now - Date.parse(iso) > 365 * DAY ? dateOf(iso) : `${ageOf(iso, now)} ago`;
}

/** A day as a heading: `Today, Thursday 19 November`. */
export function dayHeading(iso: string, now: number): string {
  const at = new Date(iso);
  const words = at.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });
  const day = iso.slice(0, 10);
  if (day === new Date(now).toISOString().slice(0, 10)) return `Today, ${words}`;
  if (day === new Date(now - DAY).toISOString().slice(0, 10)) return `Yesterday, ${words}`;
  return words;
}

/** A decimal with at most two places and no trailing zeros. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** `500m` to `0.5`; text that is no quantity comes back as it is. */
export function coresOf(quantity: string): string {
  const value = parseQuantity(quantity);
  return value === undefined ? quantity : short(Number(value) / 1_000);
}

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function bytesIn(quantity: string): number | undefined {
  const value = parseQuantity(quantity);
  return value === undefined ? undefined : Number(value) / 1_000;
}

function inUnit(bytes: number): readonly [amount: string, unit: string] {
  let unit = 0;
  let value = bytes;
  while (value >= 1_024 && unit < BINARY_UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return [short(value), BINARY_UNITS[unit] ?? 'B'];
}

/** `4Gi` to `4 GiB`. */
export function sizeOf(quantity: string): string {
  const bytes = bytesIn(quantity);
  return bytes === undefined ? quantity : inUnit(bytes).join(' ');
}

/** Request and limit, in one unit where that is exact: `1 / 4 GiB`, `0.5 / 1 GiB`, `300 MiB / 1 GiB`. */
export function sizePair(request: string, limit: string): string {
  const low = bytesIn(request);
  const high = bytesIn(limit);
  if (low === undefined || high === undefined) return `${request} / ${limit}`;
  const [lowAmount, lowUnit] = inUnit(low);
  const [highAmount, highUnit] = inUnit(high);
  const inHighUnit = low / 1_024 ** BINARY_UNITS.indexOf(highUnit);
  if (lowUnit !== highUnit && Number(short(inHighUnit)) === inHighUnit)
    return `${short(inHighUnit)} / ${highAmount} ${highUnit}`;
  return lowUnit === highUnit
    ? `${lowAmount} / ${highAmount} ${highUnit}`
    : `${lowAmount} ${lowUnit} / ${highAmount} ${highUnit}`;
}

/** `0.5 / 2`. */
export function corePair(request: string, limit: string): string {
  return `${coresOf(request)} / ${coresOf(limit)}`;
}

/** The sum of sizes that all parse, else undefined. */
export function totalSize(quantities: readonly string[]): string | undefined {
  let total = 0;
  for (const quantity of quantities) {
    const bytes = bytesIn(quantity);
    if (bytes === undefined) return undefined;
    total += bytes;
  }
  return inUnit(total).join(' ');
}

/** `25 GiB in 4 volumes`. */
export function dataOf(instance: Instance): string {
  const sizes = [instance.storage_clawdbot, instance.storage_homebrew, instance.storage_clawd, instance.storage_chrome];
  return `${totalSize(sizes) ?? sizes.join(' + ')} in ${sizes.length} volumes`;
}

/** Seven characters, as in every list of commits. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 7);
}

/** `1 bot`, `3 bots`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** A commit's subject as people say it: the bot by its display name. */
export function subjectOf(message: string, instance: Pick<Instance, 'name' | 'display_name'>): string {
  const [subject = ''] = message.split('\n');
  return subject.replace(new RegExp(`\\b${instance.name}\\b(?!-)`), instance.display_name);
}

/** The last part of an image reference, without the registry: `moltbot:2026.11.2`. */
export function imageTail(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1);
}
