import {
  attemptCompleted,
  attemptExpired,
  attemptFlagged,
  attemptScored,
  milestoneReached,
} from '@kraty/contracts/events';
import type { EventConfiguration, ReportProgress } from '@kraty/contracts/events';
import type { Failure } from '@kraty/platform/errors';
import type { AttemptState } from '../attempts/attempt.js';
import { eventDefinition } from '../definitions/event-definition.js';
import type { ProgressGround } from './judge-progress.js';
import { batchWork, settle, type BatchWork } from './progress-batch.work.js';

const nowMs = Date.parse('2026-06-01T12:00:10Z');
const scope = { studioId: 's', gameId: 'g', environment: 'live' as const };
const attempt: AttemptState = {
  id: 'a',
  ...scope,
  eventId: 'e',
  eventKey: 'quest',
  eventWindowId: 'w',
  leaderboardId: 'l',
  playerId: 'p',
  externalPlayerId: 'mira',
  revision: 1,
  status: 'in_progress',
  startedAtMs: nowMs - 10_000,
  endsAtMs: nowMs + 1,
  completedAtMs: null,
  raw: { kills: 0 },
  score: 0,
  bestScore: null,
  bestAtMs: null,
  scoreAtMs: null,
  firedMilestones: [],
  progressCount: 0,
  lastProgressAtMs: null,
  lastOccurredAtMs: null,
  playerContext: null,
};
const configuration: EventConfiguration = {
  key: 'quest',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'kills', target: 10 }],
  milestoneRewards: [{ key: 'five', metricKey: 'kills', threshold: 5, entries: [] }],
  antiCheat: {
    validators: [
      { key: 'max_metric_jump', params: { metricKey: 'kills', maxDelta: 6 } },
      { key: 'max_metric_jump', params: { metricKey: 'kills', maxDelta: 20, verdict: 'reject' } },
    ],
  },
};

function settled(
  calls: Partial<ReportProgress>[],
  changes: Partial<AttemptState & EventConfiguration> = {},
): BatchWork {
  const definition = eventDefinition({ ...configuration, ...changes }, 1);
  const ground: ProgressGround = {
    attempt: { ...attempt, ...changes },
    eventStatus: 'live',
    definition,
    latest: definition,
  };
  const work = batchWork(nowMs, new Map([['a', ground]]), []);
  calls.forEach((call, at) => settle(asked(call), at, work));
  return work;
}

function asked(call: Partial<ReportProgress>): ReportProgress {
  const player = { playerId: 'p', externalPlayerId: 'mira' };
  const plain = { metricValue: null, metrics: null, occurredAt: null, idempotency: null };
  return { scope, player, eventKey: 'quest', attemptId: 'a', mode: 'increment', ...plain, ...call };
}

const kinds = ({ outcomes }: BatchWork) => outcomes.map(({ kind }) => kind);
const codes = ({ outcomes }: BatchWork) =>
  outcomes.flatMap((outcome) => ('error' in outcome ? [(outcome.error as Failure).code] : []));
const subjects = (facts: BatchWork['paying']) => facts.map(({ type }) => type.subject);

describe('a batch', () => {
  it('judges calls of one attempt one after the other, and tells each write', () => {
    const work = settled([{ metricValue: 4 }, { metricValue: 4 }, { metricValue: 4 }, { metricValue: 4 }]);
    expect(kinds(work)).toEqual(['written', 'written', 'written', 'failed']);
    expect(codes(work)).toEqual(['attempt_finished']);
    expect(work.scored.map(({ type, revision }) => [type.subject, revision])).toEqual([
      [attemptScored.subject, 1],
      [attemptScored.subject, 2],
      [attemptScored.subject, 3],
    ]);
    expect(subjects(work.paying)).toEqual([milestoneReached.subject, attemptCompleted.subject]);
    expect([...work.changed.values()]).toMatchObject([{ status: 'completed', raw: { kills: 12 }, progressCount: 3 }]);
  });

  it('keeps of a rejected call what was found, and nothing else', () => {
    const work = settled([{ metricValue: 21 }, { metricValue: 1 }]);
    expect(kinds(work)).toEqual(['failed', 'written']);
    expect(work.anomalies.map(({ verdict }) => verdict)).toEqual(['flag', 'reject']);
    expect(subjects(work.flagged)).toEqual([attemptFlagged.subject]);
    expect([...work.changed.values()]).toMatchObject([{ raw: { kills: 1 }, progressCount: 1, firedMilestones: [] }]);
  });

  it('ends an attempt whose time has passed although the call fails', () => {
    const work = settled([{ metricValue: 1 }, { metricValue: 1 }], { endsAtMs: nowMs });
    expect(kinds(work)).toEqual(['ended', 'failed']);
    expect(codes(work)).toEqual(['attempt_finished', 'attempt_finished']);
    expect(subjects(work.paying)).toEqual([attemptExpired.subject]);
    expect([...work.changed.values()]).toMatchObject([{ status: 'expired', raw: { kills: 0 } }]);
  });

  it('gives a twin the reply of the first call, and refuses its key with another body', () => {
    const idempotency = { operation: 'POST /x', key: 'k', bodyHash: 'h' };
    const other = { ...idempotency, bodyHash: 'other' };
    const work = settled([
      { metricValue: 1, idempotency },
      { metricValue: 1, idempotency },
      { metricValue: 2, idempotency: other },
    ]);
    expect(kinds(work)).toEqual(['written', 'replayed', 'failed']);
    expect(codes(work)).toEqual(['idempotency_conflict']);
    const [first, twin] = work.outcomes as { reply: unknown }[];
    expect(twin?.reply).toBe(first?.reply);
    expect(work.recorded.size).toBe(1);
  });

  it('tells no score where there is no board, unless the event contributes to others', () => {
    const hidden = { leaderboard: { mode: 'none' as const } };
    expect(settled([{ metricValue: 1 }], hidden).scored).toEqual([]);
    const contributing = settled([{ metricValue: 1 }], { ...hidden, contributesTo: ['season'] });
    expect(contributing.scored.map(({ payload }) => payload)).toMatchObject([{ contributesTo: ['season'] }]);
  });
});
