import type { StartAttempt } from '@kraty/contracts/events';
import { Failure } from '@kraty/platform/errors';
import { keptContext } from './kept-context.js';
import { judgeLook, type StartLook } from './start-look.js';

const call: StartAttempt = {
  scope: { studioId: 's', gameId: 'g', environment: 'live' },
  player: { playerId: 'p', externalPlayerId: 'mira' },
  eventKey: 'daily',
  playerContext: null,
  idempotency: { key: 'k', operation: 'POST /start', bodyHash: 'hash' },
};

function look(overrides: Partial<StartLook> = {}): StartLook {
  return {
    eventId: 'e',
    status: 'live',
    archived: false,
    eventRevision: 2,
    windowId: 'w',
    windowState: 'open',
    windowRevision: 1,
    windowEndsAt: new Date(1_000),
    sharedBoardId: 'b',
    seatBoardId: null,
    lastContext: null,
    lastOrdinal: 0,
    usedInWindow: 0,
    runningId: null,
    chargeN: null,
    chargeState: 'open',
    chargeAttemptId: 'a',
    requestHash: null,
    recordedStatus: 201,
    recordedReply: '{}',
    ...overrides,
  };
}

const codeOf = (overrides: Partial<StartLook>) => {
  const verdict = judgeLook(call, look(overrides));
  return verdict instanceof Failure ? verdict.code : verdict;
};

describe('a look at a start', () => {
  it.each<[Partial<StartLook>, string]>([
    [{ eventId: null }, 'not_found'],
    [{ archived: true, status: 'draft' }, 'not_found'],
    [{ status: 'draft' }, 'event_disabled'],
    [{ status: 'paused', windowId: null }, 'event_disabled'],
    [{ windowId: null }, 'not_open'],
    [{ windowState: 'upcoming', windowRevision: null }, 'not_open'],
    [{ requestHash: 'other', eventId: null }, 'idempotency_conflict'],
  ])('ends at the first step that is not passed: %j', (overrides, code) => {
    expect(codeOf(overrides)).toBe(code);
  });

  it('answers a known key before anything else', () => {
    const verdict = judgeLook(call, look({ requestHash: 'hash', status: 'paused', recordedStatus: 200 }));
    expect(verdict).toEqual({ replay: { status: 200, text: '{}' } });
  });

  it('shows the window with the context of the request over the last one, and the charge that stands', () => {
    const seen = look({ lastContext: { level: 1, mode: 'hard' }, chargeN: 3, chargeState: 'used', usedInWindow: 2 });
    expect(judgeLook({ ...call, playerContext: { level: 2 } }, seen)).toMatchObject({
      windowId: 'w',
      windowRevision: 1,
      usedInWindow: 2,
      context: { level: 2, mode: 'hard' },
      charge: { eventWindowId: 'w', playerId: 'p', environment: 'live', n: 3, state: 'used', attemptId: 'a' },
    });
    expect(judgeLook(call, look())).toMatchObject({ context: {}, charge: null });
  });
});

describe('the context that is kept', () => {
  it.each([
    [null, null],
    [{}, null],
    [{ level: 1 }, { level: 1 }],
    [{ level: 1, email: ' Mira@Example.com ' }, { level: 1 }],
    [{ email: 'mira' }, { email: 'mira' }],
    [{ email: 'a@b@c' }, { email: 'a@b@c' }],
    [{ email: 7 }, { email: 7 }],
  ])('of %j is %j', (playerContext, kept) => {
    expect(keptContext({ ...call, playerContext })).toEqual(kept);
  });
});
