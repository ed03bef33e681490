// How often is too often.

const MOST = 3;
const WITHIN_MS = 3 * 60_000;

/** Whether the last of these times, in milliseconds, completes too many in too short a while. */
export function tooMany(times: readonly number[]): boolean {
  const last = times.at(-1) ?? 0;
  return times.filter((time) => last - time <= WITHIN_MS).length >= MOST;
}
