/**
 * As the API prints times: no zone. Which zone the vendor means is not documented; this is UTC+8, so that a client that
 * takes it for UTC or for local time is found out.
 */
export function wireTime(ms: number): string {
  return new Date(beijing(ms)).toISOString().slice(0, 19).replace("T", " ");
}

const dayMs = 86_400_000;

/** The number of the day, in the zone of {@link wireTime}. */
export function wireDay(ms: number): number {
  return Math.floor(beijing(ms) / dayMs);
}

const beijing = (ms: number) => ms + 8 * 3_600_000;
