/** Label of the members of an ApplySet (KEP-3659). */
export const PART_OF_LABEL = 'applyset.kubernetes.io/part-of';
/** `bot-alpha/Deployment/bot-alpha`: unit, kind and name of the very object it stands on. A copy of it names another object. */
export const UNIT_ANNOTATION = 'claworc.dev/unit';
/** Digest of what main says of an object. */
export const DIGEST_ANNOTATION = 'claworc.dev/digest';
