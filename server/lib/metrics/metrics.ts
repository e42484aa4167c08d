import { familyText, type FamilyHead, type Labels, type Sample } from './metrics-text.ts';

/** Counts up; the name ends in `_total`. */
export interface Counter {
  add(labels?: Labels, by?: number): void;
}

/** How long things took, in seconds, or how large they were. */
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** One number, several with labels, or null where it can't be known. */
export type Reading = number | null | Iterable<Sample>;

/** Figures for a monitoring system, in the text format of Prometheus. */
export interface Metrics {
  counter(name: string, help: string): Counter;
  /** `buckets`: upper bounds, ascending; the one without a bound comes by itself. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram;
  /** What is asked for when somebody reads, and costs nothing in between. One that throws is left out of the answer. */
  read(head: FamilyHead, reader: () => Reading | Promise<Reading>): void;
  /** Every name that may be told, also of what can't be read now. */
  names(): ReadonlySet<string>;
  text(): Promise<string>;
}

/** Label sets of one counter or histogram: labels with words of others, as names of field managers are, would grow without end. */
const MOST_SERIES = 200;
const LONGEST_LABEL = 100;

/** Seconds of requests and of what is made of a few of them. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const families: (() => Promise<string>)[] = [];
  const names = new Set<string>();
  const add = (head: FamilyHead, samples: () => Reading | Promise<Reading>): void => {
    if (names.has(head.name)) throw new Error(`the metric ${head.name} is there already`);
    names.add(head.name);
    families.push(async () => {
      try {
        const found = await samples();
        if (found === null) return '';
        return familyText(head, typeof found === 'number' ? [{ value: found }] : found);
      } catch {
        return '';
      }
    });
  };
  return {
    counter(name, help) {
      const series = createSeries(() => ({ value: 0 }));
      add({ name, help, type: 'counter' }, () => series.all().map(([labels, { value }]) => ({ labels, value })));
      return { add: (labels = {}, by = 1) => void (series.of(labels).value += by) };
    },
    histogram(name, help, buckets) {
      const series = createSeries(() => ({ counts: buckets.map(() => 0), count: 0, sum: 0 }));
      add({ name, help, type: 'histogram' }, () =>
        series.all().flatMap(([labels, { counts, count, sum }]) => [
          ...buckets.map((le, at) => ({
            part: '_bucket',
            labels: { ...labels, le: `${le}` },
            value: counts[at] ?? 0,
          })),
          { part: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
          { part: '_sum', labels, value: sum },
          { part: '_count', labels, value: count },
        ]),
      );
      return {
        observe(value, labels = {}) {
          const found = series.of(labels);
          found.count += 1;
          found.sum += value;
          for (const [at, le] of buckets.entries()) if (value <= le) found.counts[at] = (found.counts[at] ?? 0) + 1;
        },
      };
    },
    read: add,
    names: () => names,
    async text() {
      return (await Promise.all(families.map((family) => family()))).join('');
    },
  };
}

interface Series<T> {
  of(labels: Labels): T;
  all(): (readonly [Labels, T])[];
}

function createSeries<T>(make: () => T): Series<T> {
  const known = new Map<string, readonly [Labels, T]>();
  const find = (labels: Labels): T => {
    const key = JSON.stringify(labels);
    const found = known.get(key)?.[1] ?? make();
    if (!known.has(key)) known.set(key, [labels, found]);
    return found;
  };
  const shorten = (label: string): string => label.slice(0, LONGEST_LABEL);
  return {
    of(labels) {
      const short = mapLabels(labels, shorten);
      const isKnown = known.size < MOST_SERIES || known.has(JSON.stringify(short));
      return find(isKnown ? short : mapLabels(labels, () => 'other'));
    },
    all: () => [...known.values()],
  };
}

const mapLabels = (labels: Labels, change: (value: string) => string): Labels =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, change(value)]));
