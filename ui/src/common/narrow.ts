const NARROW = window.matchMedia('(max-width: 47.99rem)');

/** Below 768 px diffs open in one column. */
export function isNarrowPage(): boolean {
  return NARROW.matches;
}
