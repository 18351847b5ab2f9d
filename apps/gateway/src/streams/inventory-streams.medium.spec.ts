import { randomUUID } from 'node:crypto';
import type { Environment, Scope } from '@kraty/contracts/common';
import { configurationRoutes } from '@kraty/contracts/configuration';
import {
  applyOperation,
  importHoldings,
  playerStreamSubject,
  type PlayerStreamFrame,
  type ResourceDelta,
  type StreamedChange,
} from '@kraty/contracts/economy';
import { grantCreated } from '@kraty/contracts/grants';
import { resolvePlayer } from '@kraty/contracts/identity';
import { startHost, type Host } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';
import { SseReader } from './sse-reader.fixture.js';

const routes = configurationRoutes('economy');
const currencies = [
  { key: 'gold', name: 'Gold', kind: 'currency' as const },
  { key: 'xp', name: 'Experience', kind: 'progression' as const, clientWritable: true },
  {
    ...{ key: 'level', name: 'Level', kind: 'progression' as const },
    derivedFrom: { sourceKey: 'xp', thresholds: [0, 100] },
  },
];
const items = [{ key: 'bow', name: 'Bow' }];
const empty = { itemTypes: [], rewardBundles: [], rewardTables: [], leaderboards: [], events: [] };

describe('the inventory stream', () => {
  let world: World;
  let second: Host;
  let live: Scope;

  beforeAll(async () => {
    world = await World.start(['gateway', 'identity', 'economy']);
    second = await startHost(['gateway'], world.ground);
    live = { ...world.scope, environment: 'live' };
    const applyId = randomUUID();
    const changes = { upserts: { items, currencies }, archives: {} };
    const desired = { ...empty, items, currencies } as never;
    const apply = { game: world.scope, changes, desired, settings: {} as never, applyId, actor: 'member:test' };
    await world.messenger.request(routes.prepare, apply);
    await world.messenger.request(routes.commit, { game: world.scope, applyId });
  });

  afterAll(async () => {
    await second.stop();
    await world.stop();
  });

  async function newPlayer(environment: Environment = 'live') {
    const externalPlayerId = `player-${randomUUID()}`;
    const key = environment === 'live' ? world.keys.clientLive : world.keys.clientTest;
    const secret = await world.register(externalPlayerId, key);
    const scope = { ...world.scope, environment };
    const { player } = await world.messenger.request(resolvePlayer, { scope, externalPlayerId });
    const open = (url = world.url) =>
      SseReader.open(`${url}/sdk/v1/players/${externalPlayerId}/inventory/stream`, {
        ...{ authorization: `Bearer ${key}`, 'x-player-secret': secret },
      });
    return { externalPlayerId, playerId: player!.playerId, secret, key, open };
  }

  const give = (player: { playerId: string; externalPlayerId: string }, deltas: ResourceDelta[]) =>
    world.messenger.request(applyOperation, {
      ...{ scope: live, playerId: player.playerId, externalPlayerId: player.externalPlayerId, deltas },
      ...{ operationId: randomUUID(), reason: 'grant_deposit', sourceRefId: null, origin: 'client', actor: 'player' },
    });
  const post = (player: { externalPlayerId: string; secret: string }, rest: string, body: object) =>
    world.as(player.externalPlayerId, player.secret).post(rest, body);

  it('tells every ledger row, whatever wrote it, in the words of the specification', async () => {
    const player = await newPlayer();
    await give(player, [{ type: 'economy', key: 'gold', delta: 100 }]);
    const stream = await player.open();
    const [ready] = await stream.take(1);
    expect(ready).toEqual({
      event: 'ready',
      data: { kind: 'ready', externalPlayerId: player.externalPlayerId },
    });
    await give(player, [{ type: 'item', key: 'bow', delta: 2 }]);
    await post(player, '/wallet/gold/debit', { amount: 30, reason: 'shop' });
    await post(player, '/wallet/xp/progress', { amount: 120 });
    const frames = await stream.take(4);
    const row = { ledgerId: expect.any(String), occurredAt: expect.any(String) };
    expect(frames).toEqual([
      {
        event: 'inventory_changed',
        data: {
          ...{ kind: 'inventory_changed', itemKey: 'bow', delta: 2, quantity: 2 },
          ...{ reason: 'grant_deposit', origin: 'client', ...row },
        },
      },
      {
        event: 'wallet_changed',
        data: {
          ...{ kind: 'wallet_changed', economyKey: 'gold', delta: -30, balance: 70 },
          ...{ reason: 'shop', origin: 'client', ...row },
        },
      },
      expect.objectContaining({ data: expect.objectContaining({ economyKey: 'xp', delta: 120 }) }),
      expect.objectContaining({ data: expect.objectContaining({ economyKey: 'level', origin: 'engine' }) }),
    ]);
    stream.close();
  });

  it('tells each row once and in order to readers at two gateways, however many come at once', async () => {
    const player = await newPlayer();
    await give(player, [{ type: 'economy', key: 'gold', delta: 200 }]);
    const streams = [await player.open(), await player.open(second.service('gateway').url)];
    for (const stream of streams) await stream.take(1);
    await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        post(player, '/wallet/gold/debit', { amount: 1, idempotencyKey: `k-${at % 50}` }),
      ),
    );
    for (const stream of streams) {
      const balances = (await stream.take(50)).map(({ data }) => data['balance']);
      expect(balances).toEqual(Array.from({ length: 50 }, (_, at) => 199 - at));
      stream.close();
    }
  });

  it('says nothing of an import, and goes on with what comes after it', async () => {
    const player = await newPlayer();
    const stream = await player.open();
    await stream.take(1);
    const row = { player, key: 'gold', amount: 5, reason: null, idempotencyKey: randomUUID() };
    await world.messenger.request(importHoldings, {
      ...{ scope: live, type: 'economy', rows: [row], apiKeyPrefix: 'sabcdefg' },
    });
    await give(player, [{ type: 'economy', key: 'gold', delta: 1 }]);
    expect((await stream.take(1))[0]).toMatchObject({ data: { delta: 1, balance: 6 } });
    stream.close();
  });

  it('tells a grant that is created, once', async () => {
    const player = await newPlayer();
    const stream = await player.open();
    await stream.take(1);
    const contents = { entries: [{ type: 'currency', currencyKey: 'gold', amount: 5 }] };
    const grant = {
      id: randomUUID(),
      kind: 'reward',
      sourceKind: 'api',
      contents,
      createdAt: '2026-06-08T12:00:00.000Z',
    };
    const payload = { playerId: player.playerId, grant };
    const told = { type: grantCreated.subject, scope: live, aggregateId: grant.id, revision: 1 };
    for (let times = 0; times < 2; times += 1) {
      const fact = { id: randomUUID(), occurredAt: grant.createdAt, ...told, payload };
      world.messenger.broadcast(grantCreated.subject, {
        id: randomUUID(),
        subject: grantCreated.subject,
        facts: [fact],
      });
    }
    await give(player, [{ type: 'economy', key: 'gold', delta: 1 }]);
    const frames = await stream.take(2);
    expect(frames.find(({ event }) => event === 'grant_created')?.data).toEqual({
      ...{ kind: 'grant_created', grantId: grant.id, grantKind: 'reward', sourceKind: 'api', contents },
      occurredAt: grant.createdAt,
    });
    await give(player, [{ type: 'economy', key: 'gold', delta: 1 }]);
    expect((await stream.take(1))[0]!.event).toBe('wallet_changed');
    stream.close();
  });

  it('ends the oldest of six, wherever they are open', async () => {
    const player = await newPlayer();
    const oldest = await player.open();
    await oldest.take(1);
    const others: SseReader[] = [];
    for (let count = 0; count < 5; count += 1) {
      const stream = await player.open(count % 2 === 0 ? second.service('gateway').url : world.url);
      await stream.take(1);
      others.push(stream);
    }
    expect(await oldest.next()).toBeNull();
    await give(player, [{ type: 'economy', key: 'gold', delta: 1 }]);
    for (const stream of others) {
      expect((await stream.take(1))[0]!.event).toBe('wallet_changed');
      stream.close();
    }
  });

  it('ends when a row was lost, so that the lists are read again', async () => {
    const player = await newPlayer();
    const stream = await player.open();
    await stream.take(1);
    const change: StreamedChange = {
      ...{ type: 'economy', key: 'gold', delta: 1, balanceAfter: 9, reason: 'debit', origin: 'client' },
      ...{ ledgerId: randomUUID(), occurredAt: '2026-06-08T12:00:00.000Z' },
    };
    const late: PlayerStreamFrame = { kind: 'holding', revision: 3, silent: false, change };
    world.messenger.broadcast(playerStreamSubject(player.playerId), [late]);
    expect(await stream.next()).toBeNull();
  });

  it('ends with the secret it was opened with', async () => {
    const player = await newPlayer('test');
    const stream = await player.open();
    await stream.take(1);
    const again = `/sdk/v1/players/${player.externalPlayerId}/register?force=true`;
    expect((await world.call('POST', again, { key: player.key, body: {} })).status).toBe(201);
    expect(await stream.next()).toBeNull();
  });

  it('opens for nobody without the secret', async () => {
    const player = await newPlayer();
    const path = `/sdk/v1/players/${player.externalPlayerId}/inventory/stream`;
    expect((await world.call('GET', path)).status).toBe(401);
    expect((await world.call('HEAD', path, { secret: player.secret })).status).toBe(404);
  });
});
