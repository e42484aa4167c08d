/** What is wrong with a document, and where; data, never an exception. */
export interface Problem {
  /** Path inside the instances repo, `instances/bot-alpha.yaml`, or the name of a request body. */
  readonly file: string;
  /** 1-based; absent where a problem has no place (a missing file). */
  readonly line?: number;
  readonly column?: number;
  /** Dotted path, `spec.resources.limits.cpu`; empty for the document itself. */
  readonly field: string;
  /** A sentence for people: what is wrong and what would be right. Never a secret. */
  readonly message: string;
  /** The source line, cut to a readable length; a caret is drawn below it at `column`. */
  readonly source?: string;
}
