import { FinishAttemptBody, ReportProgressBody, StartAttemptBody } from '@kraty/contracts/sdk';
import { EventsController } from '../../sdk/events.controller.js';
import { described, type DescribedOperation } from '../operation.js';

const start: DescribedOperation = {
  id: 'startAttempt',
  tag: 'Events',
  summary: 'Start an attempt, or get the one in progress back',
  description: 'A replay of an `idempotencyKey` answers with the recorded status and body.',
  body: StartAttemptBody,
  bodyExample: { playerContext: { country: 'PT', level: 7 }, idempotencyKey: 'a1' },
  replies: {
    201: {
      description: 'A fresh attempt.',
      component: 'StartAttemptResponse',
      headers: ['Idempotency-Replayed'],
      example: {
        data: {
          attempt: {
            id: '0198f0c1-0000-7000-8000-000000000001',
            eventId: '0198f0a0-0000-7000-8000-000000000003',
            eventWindowId: '0198f0b2-0000-7000-8000-000000000001',
            leaderboardId: '0198f0b3-0000-7000-8000-000000000001',
            playerId: '0198f090-0000-7000-8000-000000000001',
            startedAt: '2026-09-01T08:00:00.000Z',
            endsAt: '2026-09-02T00:00:00.000Z',
            completedAt: null,
            metrics: { shells: 0 },
            metricsRaw: { shells: 0 },
            score: 0,
            status: 'in_progress',
          },
          leaderboardId: '0198f0b3-0000-7000-8000-000000000001',
          windowEndsAt: '2026-09-02T00:00:00.000Z',
        },
      },
    },
    200: {
      description: "The player's attempt in progress in this window, as it is now.",
      component: 'StartAttemptResponse',
      headers: ['Idempotency-Replayed'],
    },
  },
  refusals: [
    'not_found',
    'event_disabled',
    'no_active_window',
    'unlock_condition_failed',
    'invalid_unlock_condition',
    'entry_requirement_failed',
    'invalid_entry_requirement',
    'insufficient_entry_cost',
    'max_attempts_reached',
    'max_daily_attempts_reached',
    'no_leaderboard',
    'idempotency_conflict',
  ],
};

const progress: DescribedOperation = {
  id: 'reportProgress',
  tag: 'Events',
  summary: 'Report progress of an attempt',
  description:
    'Give `metricValue` (for the first metric of the event), `metrics`, or both; `metricValues` is another name of ' +
    '`metrics`. `occurredAt` may lie at most 5 minutes ahead of the server and decides nothing.',
  body: ReportProgressBody,
  bodyExample: { mode: 'increment', metrics: { shells: 3 }, idempotencyKey: 'p-17' },
  replies: {
    200: {
      description:
        'The attempt after the write, with the milestones this very call has reached. A milestone whose grants are not known ' +
        'yet comes without them; they follow in the pending grants.',
      component: 'ProgressResponse',
      headers: ['Idempotency-Replayed'],
    },
  },
  refusals: [
    'invalid_metric',
    'not_found',
    'attempt_finished',
    'event_disabled',
    'idempotency_conflict',
    'anti_cheat_rejected',
  ],
};

/** 02 §§2–4, 14. */
export const eventsOperations = described(EventsController, {
  list: {
    id: 'listEvents',
    tag: 'Events',
    summary: 'List the events a player can play now',
    description:
      'Events whose window is open for the player, by `endsAt`, then `eventKey`. A player the server does not know gets ' +
      'the listing of a new one.',
    parameters: ['status'],
    replies: {
      200: { description: 'The whole list.', component: 'EventsListResponse', example: { data: [] } },
    },
  },
  start,
  progress,
  finish: {
    id: 'finishAttempt',
    tag: 'Events',
    summary: 'End an attempt with its present score',
    body: FinishAttemptBody,
    bodyExample: {},
    replies: {
      200: {
        description:
          '`completed` when the target is met or there is none, else `expired`; the score stays on the board.',
        component: 'FinishAttemptResponse',
        headers: ['Idempotency-Replayed'],
      },
    },
    refusals: ['not_found', 'attempt_finished', 'event_disabled', 'idempotency_conflict'],
  },
});
