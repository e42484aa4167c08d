/** A program of the tests can't be had here; the message says what is missing and what to do. */
export class ProgramUnavailable extends Error {
  override readonly name: string = 'ProgramUnavailable';
}

/** The same, for a program that is built from a Go module. */
export class ControlPlaneUnavailable extends ProgramUnavailable {
  override readonly name = 'ControlPlaneUnavailable';
}
