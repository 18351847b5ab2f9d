import type { EventBoardView } from '@kraty/contracts/leaderboards';
import { BoardViews } from './board-views.js';

const answerOf = (view: string, entries: string[] | null): EventBoardView => ({
  view,
  board: { leaderboardId: 'b', mode: 'global', finalized: false, finalizedReason: null },
  entries,
  self: null,
  selfIndex: null,
});
const row = JSON.stringify({ name: 'x'.repeat(1_000) });

describe('BoardViews', () => {
  it('answers a confirmed view with the rows it holds', () => {
    const sut = new BoardViews();
    const first = sut.render('a', answerOf('1', [row]), null);
    expect(sut.tagOf('a')).toBe('1');
    expect(sut.render('a', answerOf('1', null), null)).toEqual(first);
    expect(sut.render('a', answerOf('2', null), null)).toBeNull();
  });

  it('lets go of the views read longest ago when callers ask for too many different ones', () => {
    const sut = new BoardViews(11_000);
    for (let view = 0; view < 100; view += 1) sut.render(`board ${view}`, answerOf('1', [row]), null);
    const kept = Array.from({ length: 100 }, (_, view) => sut.tagOf(`board ${view}`)).filter((tag) => tag !== null);
    expect(kept).toHaveLength(3);
    expect(sut.tagOf('board 99')).toBe('1');
  });

  it('counts a view that is stored again once', () => {
    const sut = new BoardViews(11_000);
    sut.render('other', answerOf('1', [row]), null);
    for (let view = 0; view < 50; view += 1) sut.render('a', answerOf(String(view), [row]), null);
    expect(sut.tagOf('other')).toBe('1');
  });
});
