/**
 * Told of each step between the database, git and the remote at which a process may end. A test that was handed down to
 * it ends the process there; the program itself never gives another one than `noFailpoint`.
 */
export type Failpoint = (step: string) => void;

export const noFailpoint: Failpoint = () => undefined;
