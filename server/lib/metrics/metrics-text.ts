export type Labels = Readonly<Record<string, string>>;

export interface FamilyHead {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
}

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
  /** What stands behind the family's name: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly part?: string;
}

/** The media type of what `familyText` writes. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** One family in the text format of Prometheus, 0.0.4; empty where there is no sample, so that no head stands alone. */
export function familyText({ name, help, type }: FamilyHead, samples: Iterable<Sample>): string {
  const lines = [...samples].map(
    ({ part = '', labels = {}, value }) => `${name}${part}${labelText(labels)} ${numberText(value)}\n`,
  );
  if (lines.length === 0) return '';
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** Lone surrogates are no UTF-8, and Prometheus takes nothing of an answer with one. */
const escape = (value: string): string =>
  value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return `${value}`;
  return value > 0 ? '+Inf' : '-Inf';
}
