/**
 * First node ports of the tests that name some: ports belong to a whole cluster, and all tests of a run share one. Those that
 * let Claworc choose get the lowest, from 30100 on.
 */
export const NODE_PORTS = {
  /** One pair, and the next free one behind it. */
  taken: 30140,
  /** Five pairs each. */
  swapAndChain: 30160,
  circle: 30170,
  inTheLoop: 30180,
} as const;
