import type { FinalizedReason } from '@kraty/contracts/leaderboards';

/** What is told of a board that has closed. */
export interface BoardClosing {
  leaderboardId: string;
  eventId: string;
  eventWindowId: string;
  reason: FinalizedReason;
  closedAt: string;
}

/** A freeze that is under way, with how far it has come. */
export interface PendingFreeze extends BoardClosing {
  readAfter: string | null;
  allRead: boolean;
  /** By the freeze, and one for each override that has written meanwhile: what was asked for before that is outdated. */
  standingsRead: number;
}
