import type { MetricDefinition } from '@kraty/contracts/events';
import { eventDefinition } from '../definitions/event-definition.js';
import { capFailure } from './attempt-caps.js';
import { attemptEndMs, resolved, type AttemptState, type EndCause } from './attempt.js';

const attempt = (raw: Record<string, number>, progressCount: number): AttemptState => ({
  id: 'a',
  studioId: 's',
  gameId: 'g',
  environment: 'live',
  eventId: 'e',
  eventKey: 'crab_sprint',
  eventWindowId: 'w',
  leaderboardId: 'b',
  playerId: 'p',
  externalPlayerId: 'mira',
  revision: 1,
  status: 'in_progress',
  startedAtMs: 0,
  endsAtMs: 1_000,
  completedAtMs: null,
  raw,
  score: 0,
  bestScore: null,
  bestAtMs: null,
  scoreAtMs: null,
  firedMilestones: [],
  progressCount,
  lastProgressAtMs: null,
  lastOccurredAtMs: null,
  playerContext: null,
});
const definition = (...metrics: MetricDefinition[]) => eventDefinition({ key: 'crab_sprint', metrics }, 1);

describe('an attempt that ends (05 §9.5)', () => {
  const target = definition({ key: 'shells', target: 5 });
  const scoreAttack = definition({ key: 'shells' });

  it.each([
    ['has its target met', target, 5, 1, 'finish', 'completed'],
    ['has its target met', target, 5, 1, 'timeout', 'completed'],
    ['is short of its target', target, 4, 1, 'finish', 'expired'],
    ['is short of its target', target, 4, 1, 'timeout', 'expired'],
    ['is a played score attack', scoreAttack, 4, 1, 'finish', 'completed'],
    ['is a played score attack', scoreAttack, 4, 1, 'timeout', 'completed'],
    ['is a score attack nobody played', scoreAttack, 0, 0, 'finish', 'completed'],
    ['is a score attack nobody played', scoreAttack, 0, 0, 'timeout', 'expired'],
  ])('and %s', (_, rules, shells, writes, cause, status) => {
    const ended = resolved(attempt({ shells }, writes), rules, cause as EndCause, 5_000);
    const completedAtMs = cause === 'finish' ? 5_000 : 1_000;
    expect(ended).toMatchObject({ status, completedAtMs: status === 'completed' ? completedAtMs : null });
  });
});

describe('the end of an attempt', () => {
  it('is the earlier of its duration and its window', () => {
    const minute = eventDefinition({ key: 'e', attempt: { durationSeconds: 60 } }, 1);
    expect([attemptEndMs(minute, 0, 90_000), attemptEndMs(minute, 0, 30_000)]).toEqual([60_000, 30_000]);
    expect(attemptEndMs(definition(), 0, 90_000)).toBe(90_000);
  });
});

describe('caps', () => {
  const rules = (block: object) => eventDefinition({ key: 'e', attempt: block }, 1).attempts;

  it('allow one attempt a window unless it may be replayed', () => {
    expect(rules({})).toMatchObject({ perWindowMax: 1, perDayMax: null });
    expect(rules({ maxAttemptsPerWindow: 9 })).toMatchObject({ perWindowMax: 1 });
    expect(rules({ replayableDuringWindow: true })).toMatchObject({ perWindowMax: null });
  });

  it('name the window before the day', () => {
    const both = { durationMs: null, perWindowMax: 2, perDayMax: 2 };
    expect(capFailure(both, { inWindow: 1, today: 1 }, 0)).toBeNull();
    expect(capFailure(both, { inWindow: 2, today: 2 }, 0)).toMatchObject({ code: 'max_attempts_reached' });
    expect(capFailure(both, { inWindow: 1, today: 2 }, 0)).toMatchObject({ code: 'max_daily_attempts_reached' });
  });
});
