/** Whether a signal was aborted, asked anew after something was waited for. */
export function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}
