import { randomUUID } from 'node:crypto';
import type { PlayerRef } from '@kraty/contracts/common';
import { mergeGrants } from '@kraty/contracts/grants';
import { boardFinalized, type FinalStanding } from '@kraty/contracts/leaderboards';
import { eventually } from '@kraty/testing/harness';
import { ForeignDouble } from '../testing/foreign-double.fixture.js';
import { GrantsWorld } from '../testing/grants-world.fixture.js';
import { leaseMs } from './settlements.service.js';
import { SettlementsStore } from './settlements.store.js';

const entries = [{ type: 'currency' as const, currencyKey: 'gold', amount: 7 }];

const row = (rank: number, participantId: string = randomUUID()): FinalStanding => ({
  ...{ rank, kind: 'player', participantId, externalPlayerId: `ext-${participantId}`, score: 1_000 - rank },
  joinedOnly: false,
});

describe('ranks of players who are merged while they are paid', () => {
  let world: GrantsWorld;
  let foreign: ForeignDouble;

  beforeAll(async () => {
    world = await GrantsWorld.start();
    foreign = await ForeignDouble.start(world.ground);
  });

  afterAll(async () => {
    await foreign.stop();
    await world.stop();
  });

  it('are paid once, by a worker that was killed before it wrote down how far it came, and by the next', async () => {
    const scope = await world.game();
    const [eventWindowId, leaderboardId] = [randomUUID(), randomUUID()];
    const [guest, mira] = ['guest', 'mira'].map((name) => world.newPlayer(name)) as [PlayerRef, PlayerRef];
    const tiers = [{ fromRank: 1, toRank: 600, entries }];
    foreign.policies.set(eventWindowId, { type: 'rank_scaled', parameters: { tiers } });
    const others = Array.from({ length: 600 }, (_, at) => row(at + 2));
    foreign.boards.set(leaderboardId, [row(1, guest.playerId), ...others]);

    const rows = <R extends object>(text: string) => world.ground.sql<R>('grants', text, [scope.gameId]);
    const paid = () => rows<{ player_id: string }>('select player_id from player_grant where game_id = $1');
    const settlement = () => rows('select state, progress from settlement where game_id = $1');
    const store = world.grants.service('grants').app.get(SettlementsStore);
    const { saveProgress, postpone } = store;
    // A dead process writes nothing more, not even that it failed.
    store.saveProgress = () => Promise.reject(new Error('killed'));
    const death = new Promise<void>((resolve) => (store.postpone = () => Promise.resolve(resolve())));
    const finalizedAt = world.clock.now().toISOString();
    const told = { leaderboardId, eventId: randomUUID(), eventWindowId, reason: 'window_closed' as const, finalizedAt };
    world.publish(boardFinalized, scope, leaderboardId, told);
    await eventually(async () => expect(await paid()).toHaveLength(500));
    await death;
    expect(await settlement()).toEqual([{ state: 'due', progress: 0 }]);
    Object.assign(store, { saveProgress: saveProgress.bind(store), postpone: postpone.bind(store) });

    await world.messenger.request(mergeGrants, { scope, from: guest, to: mira });
    // As leaderboards tell it from now on (12 §7.2).
    foreign.boards.set(leaderboardId, [{ ...row(1, mira.playerId), rankedAs: guest.playerId }, ...others]);
    world.clock.advance(leaseMs);
    await eventually(async () => expect(await settlement()).toMatchObject([{ state: 'done' }]));
    const players = (await paid()).map(({ player_id: playerId }) => playerId);
    expect(players).toHaveLength(600);
    expect(players.filter((playerId) => playerId === mira.playerId)).toHaveLength(1);
    expect(players).not.toContain(guest.playerId);
  });
});
