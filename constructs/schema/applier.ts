import Type, { type Static } from 'typebox';

export const ApplierSchema = Type.Union([Type.Literal('claworc'), Type.Literal('external')], {
  description:
    'Who brings the cluster to what main says. `claworc` (the default): this program. `external`: another one (Flux, Argo CD, kubectl); Claworc compares and reports, and writes nothing. See docs/handover.md.',
});

/** Who brings a cluster to what main says. */
export type Applier = Static<typeof ApplierSchema>;

/** The applier that claworc.yaml names; where there is none to ask, Claworc itself, which then has nothing to apply. */
export const applierOf = (fleet: { readonly spec: { readonly applier?: Applier } } | null): Applier =>
  fleet?.spec.applier ?? 'claworc';

/**
 * On the volumes of a fleet that another program applies. Claworc never removes a volume whose bot stays, nor one whose
 * tombstone keeps the data; these tell Flux and Argo CD the same, which know no tombstones.
 */
export const KEEP_ANNOTATIONS = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
} as const;
