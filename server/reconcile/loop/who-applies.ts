import type { Applier } from '../../../constructs/schema/index.ts';

/** Told when claworc.yaml names another applier than before. */
export const WHO_APPLIES: Readonly<Record<Applier, string>> = {
  external:
    'claworc.yaml leaves applying to another program: the cluster is compared with main, and nothing is written',
  claworc: 'claworc.yaml names Claworc as the applier again: what the other program applied is taken over',
};
