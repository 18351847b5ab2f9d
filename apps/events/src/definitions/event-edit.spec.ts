import type { EventConfiguration } from '@kraty/contracts/events';
import { archiveIssues, editIssues, pinsEachSave, type StandingEvent } from './event-edit.js';

const endless: EventConfiguration = {
  key: 'crab_sprint',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'shells' }],
};
const daily: EventConfiguration = {
  ...endless,
  availability: {
    mode: 'recurring_windows',
    timezone: 'UTC',
    windows: [{ startTime: '20:00', durationSeconds: 3_600 }],
  },
};
const fixed: EventConfiguration = {
  ...endless,
  availability: { mode: 'fixed_window', startsAt: '2026-06-01T00:00:00.000Z', endsAt: '2026-06-02T00:00:00.000Z' },
};

const standing = (configuration: EventConfiguration, parts: Partial<StandingEvent> = {}): StandingEvent => ({
  status: 'live',
  configuration,
  hasOpened: true,
  ...parts,
});
const issuesOf = (
  before: StandingEvent,
  edit: Partial<EventConfiguration>,
  wanted: 'draft' | 'scheduled' = 'scheduled',
) => editIssues(before, { ...before.configuration, ...edit }, wanted, 'e').map(({ path, code }) => `${path} ${code}`);

describe('an edit', () => {
  it.each<[string, Partial<EventConfiguration>]>([
    [
      'what is always the latest',
      { metadata: { a: 1 }, contributesTo: ['w'], name: 'n', description: 'd', scheduleAheadDays: 9 },
    ],
    ['validators', { antiCheat: { validators: [] } }],
    [
      'what a later window takes',
      { metrics: [{ key: 'crabs' }], leaderboard: { mode: 'none' }, rewardPolicy: { type: 'none' } },
    ],
  ])('of a live event may change %s', (_, edit) => {
    expect(issuesOf(standing(daily), edit)).toEqual([]);
    expect(issuesOf(standing(daily, { status: 'paused' }), edit)).toEqual([]);
  });

  it.each<[string, Partial<EventConfiguration>]>([
    ['e.key conflict', { key: 'crab_run' }],
    ['e.type conflict', { type: 'multi_metric' }],
    ['e.type conflict', { metrics: [{ key: 'shells' }, { key: 'crabs' }] }],
    ['e.availability.mode conflict', { availability: { mode: 'always_on' } }],
  ])('of a published event cannot be one of %s', (expected, edit) => {
    for (const status of ['scheduled', 'live', 'paused'] as const) {
      expect(issuesOf(standing(daily, { status, hasOpened: false }), edit)).toEqual([expected]);
    }
    expect(issuesOf(standing(daily, { status: 'draft', hasOpened: false }), edit)).toEqual([]);
  });

  it('cannot change what the one window of an always-on event was opened with', () => {
    const edit: Partial<EventConfiguration> = {
      metrics: [{ key: 'crabs' }],
      scoreFormula: { type: 'expression', expr: '1' },
      leaderboard: { mode: 'none' },
      attempt: { maxAttemptsPerDay: 1 },
    };
    const frozen = ['e.metrics conflict', 'e.scoreFormula conflict', 'e.leaderboard conflict'];
    expect(issuesOf(standing(endless), edit)).toEqual(frozen);
    expect(issuesOf(standing(endless, { status: 'scheduled' }), edit)).toEqual(frozen);
    expect(issuesOf(standing(endless, { status: 'scheduled', hasOpened: false }), edit)).toEqual([]);
    expect(issuesOf(standing(endless), { attempt: { maxAttemptsPerDay: 1 } })).toEqual([]);
  });

  it('cannot move a fixed window that has opened', () => {
    const availability = {
      ...fixed.availability!,
      endsAt: '2026-06-03T00:00:00.000Z',
    } as EventConfiguration['availability'];
    expect(issuesOf(standing(fixed), { availability })).toEqual(['e.availability conflict']);
    expect(issuesOf(standing(fixed, { status: 'scheduled', hasOpened: false }), { availability })).toEqual([]);
  });

  it('of a finalized event is a conflict, whatever it changes; stating it again is none', () => {
    expect(issuesOf(standing(daily, { status: 'finalized' }), { description: 'new' })).toEqual(['e conflict']);
    expect(issuesOf(standing(daily, { status: 'finalized' }), {})).toEqual([]);
  });

  it('cannot take back what has opened', () => {
    expect(issuesOf(standing(daily), {}, 'draft')).toEqual(['e.status conflict']);
    expect(issuesOf(standing(daily, { status: 'scheduled' }), {}, 'draft')).toEqual(['e.status conflict']);
    expect(issuesOf(standing(daily, { status: 'scheduled', hasOpened: false }), {}, 'draft')).toEqual([]);
  });
});

describe('a save', () => {
  it('reaches the open window of an always-on event', () => {
    expect([endless, daily, fixed].map(pinsEachSave)).toEqual([true, false, false]);
  });
});

describe('archiving', () => {
  it('takes drafts and finalized events only', () => {
    const statuses = ['draft', 'scheduled', 'live', 'paused', 'finalized'] as const;
    expect(statuses.filter((status) => archiveIssues(status, 'e').length === 0)).toEqual(['draft', 'finalized']);
  });
});
