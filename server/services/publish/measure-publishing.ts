import { SECONDS, type Metrics } from '../../lib/metrics/metrics.ts';
import type { Publisher } from './publisher.ts';

/** Edits whose way is measured at once; more are published unmeasured. */
const MOST_MEASURED = 1_000;

/** The same publisher, with the time that each of its edits takes to main counted. */
export function measurePublishing(publisher: Publisher, metrics: Metrics): Publisher {
  const durations = metrics.histogram(
    'claworc_publish_duration_seconds',
    'From saving an edit in this process until its commit is on main.',
    SECONDS,
  );
  const ends = metrics.counter('claworc_edits_total', 'Edits by what became of them: published, conflict, failed.');
  const submitted = new Map<string, number>();
  publisher.on('published', ({ editId }) => {
    const at = submitted.get(editId);
    submitted.delete(editId);
    if (at !== undefined) durations.observe((performance.now() - at) / 1_000);
    ends.add({ result: 'published' });
  });
  for (const result of ['conflict', 'failed'] as const) {
    publisher.on(result, ({ editId }) => {
      submitted.delete(editId);
      ends.add({ result });
    });
  }
  return {
    ...publisher,
    submit(edit, opening) {
      const at = performance.now();
      const proposal = publisher.submit(edit, opening);
      // What goes to a proposal waits for people.
      if (proposal === undefined && submitted.size < MOST_MEASURED) submitted.set(edit.id, at);
      return proposal;
    },
    discardDraft(editId) {
      const isDiscarded = publisher.discardDraft(editId);
      if (isDiscarded) submitted.delete(editId);
      return isDiscarded;
    },
  };
}
