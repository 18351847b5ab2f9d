import type { Roster } from './roster.js';

/** Bots that one process keeps; the boards looked at longest ago leave first. */
const botsMax = 50_000;

/** Rosters as they were last seen by this process. Their revision tells whether they still stand. */
export class RosterCache {
  private readonly rosters = new Map<string, Roster>();
  private bots = 0;

  get(leaderboardId: string): Roster | undefined {
    return this.rosters.get(leaderboardId);
  }

  keep(roster: Roster): void {
    this.forget(roster.leaderboardId);
    this.rosters.set(roster.leaderboardId, roster);
    this.bots += roster.bots.length;
    for (const leaderboardId of this.rosters.keys()) {
      if (this.bots <= botsMax) return;
      this.forget(leaderboardId);
    }
  }

  forget(leaderboardId: string): void {
    this.bots -= this.rosters.get(leaderboardId)?.bots.length ?? 0;
    this.rosters.delete(leaderboardId);
  }
}
