/**
 * Formats a time as the API does, without a zone. The vendor does not document the zone. This is
 * UTC+8, to expose clients that assume UTC or local time.
 */
export function formatTime(ms: number): string {
  return new Date(beijing(ms)).toISOString().slice(0, 19).replace("T", " ");
}

const dayMs = 86_400_000;

/** Returns the number of the day, in the zone of {@link formatTime}. */
export function dayNumber(ms: number): number {
  return Math.floor(beijing(ms) / dayMs);
}

const beijing = (ms: number) => ms + 8 * 3_600_000;
