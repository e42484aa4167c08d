import { expect, test } from 'vitest';
import { createMetrics } from '../../../../server/lib/metrics/metrics.ts';

test('a counter, a histogram and a figure that is asked for are written in the format of Prometheus', async () => {
  const metrics = createMetrics();
  const requests = metrics.counter('requests_total', 'Requests.');
  const took = metrics.histogram('took_seconds', 'Time.', [0.1, 1]);
  metrics.read({ name: 'waiting', help: 'Waiting.', type: 'gauge' }, () => 3);

  requests.add({ code: '200' });
  requests.add({ code: '200' });
  took.observe(0.5);

  expect(await metrics.text()).toBe(`# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{code="200"} 2
# HELP took_seconds Time.
# TYPE took_seconds histogram
took_seconds_bucket{le="0.1"} 0
took_seconds_bucket{le="1"} 1
took_seconds_bucket{le="+Inf"} 1
took_seconds_sum 0.5
took_seconds_count 1
# HELP waiting Waiting.
# TYPE waiting gauge
waiting 3
`);
});

test('a label with quotes, a line break, a backslash or half a character keeps to its place', async () => {
  const metrics = createMetrics();
  metrics.counter('conflicts_total', 'Conflicts.').add({ manager: 'a"b\\c\nd\ud800' });
  expect(await metrics.text()).toContain('conflicts_total{manager="a\\"b\\\\c\\nd\ufffd"} 1\n');
});

test('labels with words of others do not grow without end: what is too much is counted as other', async () => {
  const metrics = createMetrics();
  const conflicts = metrics.counter('conflicts_total', 'Conflicts.');
  for (let number = 0; number < 1_000; number++) conflicts.add({ manager: `operator-${number}` });
  conflicts.add({ manager: 'operator-0' });

  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('conflicts_total'));
  expect(lines).toHaveLength(201);
  expect(lines).toContain('conflicts_total{manager="operator-0"} 2');
  expect(lines).toContain('conflicts_total{manager="other"} 800');
});

test('what can not be read now, or is not known, is left out, and the rest is told', async () => {
  const metrics = createMetrics();
  const broken = (): number => {
    throw new Error('the disk is full');
  };
  metrics.read({ name: 'broken', help: 'Broken.', type: 'gauge' }, broken);
  metrics.read({ name: 'unknown', help: 'Unknown.', type: 'gauge' }, () => null);
  metrics.read({ name: 'whole', help: 'Whole.', type: 'gauge' }, () => Promise.resolve(1));
  expect(await metrics.text()).toBe('# HELP whole Whole.\n# TYPE whole gauge\nwhole 1\n');
});

test('one name stands for one figure', () => {
  const metrics = createMetrics();
  metrics.counter('same_total', 'One.');
  expect(() => metrics.counter('same_total', 'Another.')).toThrow('same_total');
});
