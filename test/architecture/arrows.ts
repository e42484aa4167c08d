export interface Arrow {
  readonly from: string;
  readonly to: string;
}

const STATEMENT = /(?:^|\n)\s*(?:import|export)\s+(?:type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/g;
/** `import('...')`, as a value or as a type. */
const INLINE = /\bimport\(\s*'([^']+)'\s*\)/g;

/** What a source text imports or passes on, as it is written there; types as well as values. */
export function arrowsOf(text: string): string[] {
  return [STATEMENT, INLINE].flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}
