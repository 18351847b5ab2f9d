import type { AttemptState } from '../attempts/attempt.js';
import { forceCompleted, idBefore, isOpenForForce } from './force-completion.js';

const attempt = {
  status: 'in_progress',
  score: 4,
  bestScore: 9,
  bestAtMs: 100,
  scoreAtMs: 200,
  completedAtMs: null,
} as AttemptState;

describe('a forced completion', () => {
  it('keeps the score so far, or takes the override for score and best score', () => {
    const kept = {
      status: 'force_completed',
      completedAtMs: 500,
      score: 4,
      bestScore: 9,
      bestAtMs: 100,
      scoreAtMs: 200,
    };
    expect(forceCompleted(attempt, null, 500)).toEqual(kept);
    expect(forceCompleted(attempt, 2, 500)).toEqual({ ...kept, score: 2, bestScore: 2, bestAtMs: 500, scoreAtMs: 500 });
  });

  it('gives an attempt that was never written its first score', () => {
    const fresh = { ...attempt, score: 0, bestScore: null, bestAtMs: null, scoreAtMs: null };
    expect(forceCompleted(fresh, -3, 500)).toMatchObject({ score: -3, bestScore: -3, bestAtMs: 500, scoreAtMs: null });
    expect(forceCompleted(fresh, null, 500)).toMatchObject({ score: 0, bestScore: null });
  });

  it('is for what runs and what expired', () => {
    const open = (['in_progress', 'completed', 'expired', 'force_completed'] as const).map((status) =>
      isOpenForForce({ ...attempt, status }),
    );
    expect(open).toEqual([true, false, true, false]);
  });

  it.each([
    ['01a1feb3-4f60-7001-8b62-2da631793007', '01a1feb3-4f60-7001-8b62-2da631793006'],
    ['01a1feb3-4f60-7001-8b00-000000000000', '01a1feb3-4f60-7001-8aff-ffffffffffff'],
    ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000000'],
  ])('the id before %s is %s', (id, before) => {
    expect(idBefore(id)).toBe(before);
  });
});
