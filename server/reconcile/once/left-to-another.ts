import { ClaworcError } from '../../lib/errors.ts';

const WAYS = {
  apply: '`claworc plan` compares, and `claworc apply --although-external` applies it all the same',
  reconcile:
    '`claworc start` or `serve` shows how the cluster stands, and `claworc reconcile --wait-while-external` goes on running and begins when claworc.yaml names Claworc again',
} as const;

/** What is asked for is the work of another program by claworc.yaml. */
export function leftToAnother(command: keyof typeof WAYS): ClaworcError {
  return new ClaworcError(
    'usage',
    `claworc.yaml says \`applier: external\`: another program applies this fleet, so nothing was written. ${WAYS[command]}.`,
    { subject: 'claworc.yaml', field: 'spec.applier' },
  );
}
