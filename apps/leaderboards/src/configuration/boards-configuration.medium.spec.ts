import { uuidV7 } from '@kraty/platform/ids';
import { BoardsWorld } from '../boards-world.fixture.js';

const weekMs = 7 * 86_400_000;
const league = {
  type: 'progression' as const,
  economyKey: 'league_tier',
  divisions: ['bronze', 'silver', 'gold'].map((key, min) => ({ key, min })),
};

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
});

afterAll(() => world.stop());

describe('the configuration of boards', () => {
  const game = { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' as const };

  it('keeps what a score has frozen, and lets other rules begin with the next period', async () => {
    const board = { key: 'cup', name: 'Cup', resetCadence: 'weekly' as const };
    expect(await world.configure([board], game)).toEqual([]);
    expect(
      await world.configure([{ ...board, scope: 'studio' as const, scoreAggregation: 'sum' as const }], game),
    ).toEqual([]);
    const player = { playerId: world.player('kai'), externalPlayerId: 'kai' };
    await world.submit('cup', player.playerId, 5, { scope: game });
    expect(await world.configure([{ ...board, scoreAggregation: 'sum' as const }], game)).toEqual([
      'leaderboards[cup].scope conflict',
    ]);
    const monthly = { ...board, scope: 'studio' as const, resetCadence: 'monthly' as const };
    expect(await world.configure([monthly], game)).toEqual([]);
    expect((await world.read('cup', { scope: game })).board).toMatchObject({
      resetCadence: 'weekly',
      scoreAggregation: 'sum',
    });
    world.clock.advance(weekMs);
    expect((await world.read('cup', { scope: game })).board).toMatchObject({
      resetCadence: 'monthly',
      scoreAggregation: 'best',
    });
    // A board of the studio is seen by its other games.
    const sibling = { ...game, gameId: uuidV7() };
    expect((await world.read('cup', { scope: sibling })).board).toMatchObject({ key: 'cup', scope: 'studio' });
  });

  it('names every reason why boards cannot stand', async () => {
    const unsorted = {
      ...league,
      divisions: [
        { key: 'a', min: 1 },
        { key: 'a', min: 1 },
      ],
    };
    const issues = await world.configure(
      [
        { key: 'one', name: 'One', resetCadence: 'weekly', segmentation: unsorted },
        { key: 'two', name: '', resetCadence: 'weekly', rankBy: { type: 'progression', economyKey: 'nothing' } },
        {
          key: 'three',
          name: 'Three',
          resetCadence: 'weekly',
          segmentation: league,
          progression: { itemKey: 'gold', perDivision: { wood: { promote: null } } },
        },
      ],
      { ...game, gameId: uuidV7() },
    );
    expect(issues).toEqual([
      'leaderboards[one].segmentation.divisions[0].min range',
      'leaderboards[one].segmentation.divisions[1].key duplicate',
      'leaderboards[one].segmentation.divisions[1].min range',
      'leaderboards[two].name length',
      'leaderboards[two].rankBy.economyKey unknown_reference',
      'leaderboards[three].progression.itemKey unknown_reference',
      'leaderboards[three].progression.perDivision.wood unknown_reference',
    ]);
  });

  it('exports what was applied, in canonical form, and the same again', async () => {
    const fresh = { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' as const };
    const boards = [
      {
        key: 'zones',
        name: 'Zones',
        scope: 'game' as const,
        resetCadence: 'weekly' as const,
        scoreAggregation: 'best' as const,
        rankBy: { type: 'score' as const },
        segmentation: { type: 'country' as const, fallback: 'ZZ' },
        acceptClientScores: null,
        progression: {
          itemKey: 'league_tier',
          promote: { places: 3, amount: 1 },
          perDivision: { PT: { promote: null } },
        },
      },
      { key: 'all', name: 'All', resetCadence: 'never' as const, acceptClientScores: true },
    ];
    expect(await world.configure(boards, fresh)).toEqual([]);
    const first = await world.exported(fresh);
    expect(first.leaderboards).toEqual([
      { key: 'all', name: 'All', resetCadence: 'never', acceptClientScores: true },
      {
        key: 'zones',
        name: 'Zones',
        resetCadence: 'weekly',
        segmentation: { type: 'country' },
        progression: { itemKey: 'league_tier', promote: { places: 3 }, perDivision: { PT: { promote: null } } },
      },
    ]);
    const other = { ...fresh, gameId: uuidV7() };
    expect(await world.configure(first.leaderboards!, other)).toEqual([]);
    expect(JSON.stringify((await world.exported(other)).leaderboards)).toBe(JSON.stringify(first.leaderboards));
  });
});
