import { median } from '../measurement.ts';
import type { Pass, Step } from './pass.ts';

interface Panel {
  readonly title: string;
  readonly step: Step;
  readonly figure: 'wall' | 'cpu' | 'peak';
}

const PANELS: readonly Panel[] = [
  { title: 'first apply, seconds', step: 'first apply', figure: 'wall' },
  { title: 'first apply, CPU seconds', step: 'first apply', figure: 'cpu' },
  { title: 'nothing to do, seconds', step: 'nothing to do', figure: 'wall' },
  { title: 'one bot changed, seconds', step: 'one bot changed', figure: 'wall' },
  { title: 'one bot changed, CPU seconds', step: 'one bot changed', figure: 'cpu' },
  { title: 'first apply, peak MB', step: 'first apply', figure: 'peak' },
];

/** Told apart by shade and by dashes, for eyes and printers that have no colours. */
const LINES: Readonly<
  Record<Pass['applier'], { readonly colour: string; readonly dash: string; readonly name: string }>
> = {
  claworc: { colour: '#c2410c', dash: '', name: 'claworc apply' },
  kubectl: { colour: '#1d4ed8', dash: '7 4', name: 'kubectl, ApplySet' },
  flux: { colour: '#047857', dash: '2 3', name: 'Flux pkg/ssa' },
  raw: { colour: '#71717a', dash: '10 3 2 3', name: 'the API server alone' },
};
const APPLIERS = Object.keys(LINES) as readonly Pass['applier'][];

const [WIDTH, HEIGHT, LEFT, TOP, GAP, COLUMNS] = [260, 180, 52, 64, 64, 3];

/** Growth with the fleet's size, both axes by tenfold: a slope of one is linear. */
export function plotOf(passes: readonly Pass[]): string {
  const rows = Math.ceil(PANELS.length / COLUMNS);
  const [width, height] = [LEFT + COLUMNS * (WIDTH + GAP), TOP + rows * (HEIGHT + GAP)];
  const panels = PANELS.map((panel, index) => {
    const x = LEFT + (index % COLUMNS) * (WIDTH + GAP);
    const y = TOP + Math.floor(index / COLUMNS) * (HEIGHT + GAP);
    return `<g transform="translate(${x} ${y})">${panelOf(passes, panel)}</g>`;
  });
  const legend = APPLIERS.map((applier, index) => {
    const { colour, dash, name } = LINES[applier];
    const x = LEFT + index * 190;
    const line = `<path d="M${x} 20h34" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>`;
    return `${line}<text x="${x + 42}" y="24">${name}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#18181b">`,
    '<title>Growth with the fleet: Claworc beside kubectl and Flux</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...legend,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function panelOf(passes: readonly Pass[], { title, step, figure }: Panel): string {
  const points = passes.flatMap(({ size, applier, ...pass }) => {
    const value = pass.step === step ? pass[figure] : undefined;
    return value === undefined ? [] : [{ size, applier, value }];
  });
  const sizes = [...new Set(points.map(({ size }) => size))].sort((a, b) => a - b);
  const across = scale(sizes, WIDTH);
  const up = scale(tensAround(points.map(({ value }) => value)), HEIGHT);
  const y = (value: number): string => (HEIGHT - up(value)).toFixed(1);
  const grid = [
    ...tensAround(points.map(({ value }) => value)).map(
      (ten) =>
        `<path d="M0 ${y(ten)}h${WIDTH}" stroke="#e4e4e7"/><text x="-6" y="${y(ten)}" dy="4" text-anchor="end">${ten}</text>`,
    ),
    ...sizes.map((size) => {
      const x = across(size).toFixed(1);
      return `<path d="M${x} 0v${HEIGHT}" stroke="#f4f4f5"/><text x="${x}" y="${HEIGHT + 18}" text-anchor="middle">${size}</text>`;
    }),
  ];
  const lines = APPLIERS.flatMap((applier) => {
    const { colour, dash } = LINES[applier];
    const line = sizes.flatMap((size) => {
      const values = points
        .filter((point) => point.applier === applier && point.size === size)
        .map(({ value }) => value);
      return values.length === 0 ? [] : [`${across(size).toFixed(1)} ${y(median(values))}`];
    });
    if (line.length === 0) return [];
    const dots = line.map((at) => `<circle cx="${at.split(' ')[0]}" cy="${at.split(' ')[1]}" r="3" fill="${colour}"/>`);
    const path = `<path d="M${line.join('L')}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>`;
    return [path, ...dots];
  });
  return [`<text y="-10" font-weight="bold">${title}</text>`, ...grid, ...lines].join('\n');
}

/** The powers of ten that hold these values between them. */
function tensAround(values: readonly number[]): readonly number[] {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: to - from + 1 }, (_, index) => Number((10 ** (from + index)).toPrecision(1)));
}

function scale(values: readonly number[], length: number): (value: number) => number {
  const [from, to] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  return (value) => (to === from ? length / 2 : ((Math.log10(value) - from) / (to - from)) * length);
}
