import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { createApiMetrics } from '../../server/cluster/api-metrics.ts';
import { createLoopMetrics } from '../../server/reconcile/loop/loop-metrics.ts';
import { connectObserved, observedOf } from '../server/reconcile/observed-fixture.ts';
import { startTestServer } from '../server/running-server.ts';

const FOLDER = join(import.meta.dirname, '../../examples/monitoring');
const OWN_NAME = /\b(?:claworc|process|nodejs)_[a-z_]+\b/g;

/** Every name that a server with a cluster can tell. */
async function namesTold(): Promise<ReadonlySet<string>> {
  const connect = connectObserved(observedOf());
  const server = await startTestServer({
    connectCluster: async ({ metrics }) => {
      createApiMetrics(metrics);
      createLoopMetrics(metrics);
      const figures = () => ({
        queue: { waiting: 0, working: 0, later: 0 },
        kept: new Map(),
        conflicts: new Map(),
        heardOf: new Map(),
        converged: null,
      });
      return { ...(await connect()), figures };
    },
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server.running.context.metrics.names();
}

const namesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(OWN_NAME)].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, ''))),
];

const read = (file: string): Promise<string> => readFile(join(FOLDER, file), 'utf8');

test('the dashboard and the alerts ask for nothing that Claworc does not tell', async () => {
  const told = await namesTold();
  const dashboard = JSON.parse(await read('grafana-dashboard.json')) as {
    readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
  };
  const exprs = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const rules = rulesOf(await read('prometheus-rules.yaml')).map(({ expr }) => expr);
  expect(exprs.length).toBeGreaterThan(20);
  for (const expr of [...exprs, ...rules]) {
    const asked = namesIn(expr);
    expect(asked, expr).not.toEqual([]);
    for (const name of asked) expect(told, expr).toContain(name);
  }
});

test('every alert says what is so and what to do', async () => {
  const rules = rulesOf(await read('prometheus-rules.yaml'));
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, annotations } of rules) {
    expect(alert).toMatch(/^Claworc[A-Z]/);
    expect(annotations.summary).toMatch(/\.$/);
    expect(annotations.description).toMatch(/\.$/);
  }
});

test('the table of docs/running.md names every figure of our own, and no other', async () => {
  const docs = await readFile(join(FOLDER, '../../docs/running.md'), 'utf8');
  const own = [...(await namesTold())].filter((name) => name.startsWith('claworc_')).sort();
  const written = [...docs.matchAll(/`(claworc_[a-z_]+)`/g)].map(([, name]) => name);
  expect([...new Set(written)].sort()).toEqual(own);
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly description: string };
}

function rulesOf(text: string): readonly Rule[] {
  const { spec } = parse(text) as {
    readonly spec: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
  };
  return spec.groups.flatMap(({ rules }) => rules);
}
