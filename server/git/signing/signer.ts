/** What signs the commits of this process, as it was named: names of files and keys, never what they hold. */
export type SigningChoice =
  | { readonly kind: 'ssh'; readonly file: string }
  | { readonly kind: 'gpg'; readonly key: string; readonly home: string };

/** Whose signatures it makes. */
export type SigningIdentity =
  /** The public key as ssh writes it on the wire, in base64. */
  | { readonly kind: 'ssh'; readonly key: string; readonly fingerprint: string }
  | { readonly kind: 'gpg'; readonly fingerprint: string };

/** Signs what a commit says. All calls throw `git_refused`, which names the file and what to do, and nothing of a key. */
export interface CommitSigner {
  readonly choice: SigningChoice;
  /** The fingerprint of the key as it was read last; null before that. */
  readonly fingerprint: () => string | null;
  identity(): Promise<SigningIdentity>;
  /** The armoured signature of a commit object without one. */
  sign(payload: Buffer): Promise<string>;
}
