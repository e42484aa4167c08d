/** Something to be told at a line of a file. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  /** Path in the instances repo. */
  readonly file: string;
  readonly line: number | null;
  readonly column?: number;
  readonly title: string;
  readonly message: string;
}
