const dayMs = 24 * 60 * 60 * 1_000;

/** When a grant made now runs out: the game's days, else the installation's, else never (07 §8). */
export function expiryOf(now: Date, gameTtlDays: number | null, installationTtlDays: number | undefined): Date | null {
  const days = gameTtlDays ?? installationTtlDays ?? null;
  return days === null ? null : new Date(now.getTime() + days * dayMs);
}
