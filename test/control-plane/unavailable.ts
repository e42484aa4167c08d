/** The real control plane (or another program of the tests) cannot be had here; the message says what is missing and what to do. */
export class ControlPlaneUnavailable extends Error {
  override readonly name = 'ControlPlaneUnavailable';
}
