import type { Idempotency, Iso, Json, PlayerRef, Scope } from '../common/index.js';
import type { Grant } from '../grants/index.js';
import { fact, request } from '../messages/index.js';
import type { FixedBundlePolicy } from '../grants/policies.js';

export type AttemptStatus = 'in_progress' | 'completed' | 'expired' | 'force_completed';

/** One player's run inside one window, as clients see it (02 §0). */
export interface Attempt {
  id: string;
  eventId: string;
  eventWindowId: string;
  /** The event board this attempt scores on. */
  leaderboardId: string;
  /** Internal player id. */
  playerId: string;
  startedAt: Iso;
  /** min(startedAt + the event's attempt duration, end of the window). */
  endsAt: Iso;
  /** Set for `completed` and `force_completed`. */
  completedAt: Iso | null;
  /** Caps applied; every declared metric present. */
  metrics: Record<string, number>;
  metricsRaw: Record<string, number>;
  score: number;
  status: AttemptStatus;
}

export interface StartAttempt {
  scope: Scope;
  player: PlayerRef;
  eventKey: string;
  /** Absent or empty leaves the player's last context as it is. */
  playerContext: Json | null;
  idempotency: Idempotency | null;
}

export interface StartedAttempt {
  attempt: Attempt;
  leaderboardId: string;
  windowEndsAt: Iso;
}

/** 201 with a fresh attempt, 200 with the one in progress (02 §3). */
export const startAttempt = request<StartAttempt, StartedAttempt>('events', 'start-attempt');

export interface ReportProgress {
  scope: Scope;
  player: PlayerRef;
  eventKey: string;
  attemptId: string;
  mode: 'increment' | 'set';
  /** Value for the event's first metric. */
  metricValue: number | null;
  metrics: Record<string, number> | null;
  /** Stored for audit; decides nothing (05 §17.3). */
  occurredAt: Iso | null;
  idempotency: Idempotency | null;
}

export interface ReportedProgress {
  attempt: Attempt;
  /** Reached by this very call. `grants` is left out while they are not known yet: they follow, once (README §4). */
  milestonesFired: { key: string; grants?: Grant[] }[];
}

/** 02 §4, 05 §9. */
export const reportProgress = request<ReportProgress, ReportedProgress>('events', 'report-progress');

export interface FinishAttempt {
  scope: Scope;
  player: PlayerRef;
  eventKey: string;
  attemptId: string;
  idempotency: Idempotency | null;
}

export interface FinishedAttempt {
  attempt: Attempt;
  outcome: 'completed' | 'expired';
}

/** 02 §14, 05 §9.4. */
export const finishAttempt = request<FinishAttempt, FinishedAttempt>('events', 'finish-attempt');

/** An attempt was created: the player stands on the event board with 0 until the first write (05 §6.3). */
export interface AttemptStarted {
  attemptId: string;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  leaderboardId: string;
  playerId: string;
  startedAt: Iso;
  playerContext: Json | null;
}

export const attemptStarted = fact<AttemptStarted>('events', 'attempt', 'started', 'state', { partitions: 8 });

/**
 * An accepted write changed an attempt. Carries state: `revision` = the attempt's progress count,
 * so an older write never overwrites a newer one and a repeated one changes nothing.
 */
export interface AttemptScored {
  attemptId: string;
  eventId: string;
  eventWindowId: string;
  leaderboardId: string;
  playerId: string;
  /** Score after this write; it can go down. */
  score: number;
  /** Highest score any accepted write of this attempt has shown, and when it was first reached (epoch ms). */
  bestScore: number;
  bestAtMs: number;
  /** Server time of this write, epoch ms. */
  writtenAtMs: number;
  /** Since when the attempt's score has been `score`, epoch ms; left out = since this write. */
  scoreAtMs?: number;
  /** Configured boards this write counts on, in order and without repeats; left out when there are none. */
  contributesTo?: string[];
  /** Context of the attempt, for boards split by context; only with `contributesTo`. */
  playerContext?: Json | null;
}

/** Partitioned by `leaderboardId`, so that the leaderboard service can be scaled by board. */
export const attemptScored = fact<AttemptScored>('events', 'attempt', 'scored', 'state', { partitions: 8 });

/** An attempt became `completed`; the payout key of its completion is `attempt:{attemptId}` (07 §3). */
export interface AttemptCompleted {
  attemptId: string;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  playerId: string;
  externalPlayerId: string;
  completedAt: Iso;
  /** The policy pinned by the window; null when completion pays nothing by itself. */
  rewardPolicy: FixedBundlePolicy | null;
}

export const attemptCompleted = fact<AttemptCompleted>('events', 'attempt', 'completed', 'change');

/** An attempt's time ran out, or it was finished short of its target: participation only. */
export const attemptExpired = fact<{
  attemptId: string;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  playerId: string;
  expiredAt: Iso;
}>('events', 'attempt', 'expired', 'change');
