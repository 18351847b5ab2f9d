import { randomUUID } from 'node:crypto';
import type { Scope } from '@kraty/contracts/common';
import { configurationRoutes, sectionOwners } from '@kraty/contracts/configuration';
import { applyOperation, type Violation } from '@kraty/contracts/economy';
import type { Messenger } from '@kraty/platform/messaging';
import { startGround, startHost, type Ground, type Host } from '@kraty/testing/harness';
import { checksOf } from './checks.mjs';
import { report, summaryLines, violationLine } from './report.mjs';

const routes = configurationRoutes('economy');

describe('npm run check', () => {
  let ground: Ground;
  let host: Host;
  let messenger: Messenger;
  const scope: Scope = { studioId: randomUUID(), gameId: randomUUID(), environment: 'live' };
  const playerId = randomUUID();

  beforeAll(async () => {
    ground = await startGround({ services: ['economy', 'grants'] });
    host = await startHost(['economy', 'grants'], ground);
    messenger = await ground.messenger();
    const currencies = [{ key: 'gold', name: 'Gold', kind: 'currency' as const }];
    const empty = Object.fromEntries(Object.keys(sectionOwners).map((section) => [section, []]));
    const apply = {
      ...{ game: scope, changes: { upserts: { currencies }, archives: {} }, settings: {} as never },
      ...{ desired: { ...empty, currencies } as never, applyId: randomUUID(), actor: 'member:test' },
    };
    await messenger.request(routes.prepare, apply);
    await messenger.request(routes.commit, { game: scope, applyId: apply.applyId });
    await give('grant:1', 'credit');
  });

  afterAll(async () => {
    await host.stop();
    await ground.stop();
  });

  const give = (operationId: string, reason: string) =>
    messenger.request(applyOperation, {
      ...{ scope, playerId, externalPlayerId: 'mira', operationId, reason, sourceRefId: null },
      ...{ deltas: [{ type: 'economy', key: 'gold', delta: 5 }], origin: 'client', actor: 'player' },
    });

  async function look(percentile: number | null = null) {
    const violations: Violation[] = [];
    const results = [];
    for (const check of await checksOf(messenger, { percentile })) {
      results.push({ name: check.name, ...(await check.run((violation) => violations.push(violation))) });
    }
    return { violations, results };
  }

  /** Breaks something by hand, looks, and mends it. */
  async function broken(service: 'economy' | 'grants', breaking: string, mending: string): Promise<Violation[]> {
    await ground.sql(service, breaking);
    try {
      return (await look()).violations;
    } finally {
      await ground.sql(service, mending);
    }
  }

  it('finds nothing where all is well, and says how much it looked at', async () => {
    const { violations, results } = await look();
    expect(violations).toEqual([]);
    expect(summaryLines(results)).toEqual([
      'holdings against the ledger: 1 checked, 0 violated',
      'claims against deposits: 0 checked, 0 violated',
      'totals of resources: 1 checked, 0 violated',
      'deposits against claims: 0 checked, 0 violated',
      'pools: 0 checked, 0 violated',
      'All is well.',
    ]);
  });

  it('looks at every player in one of the hundredths', async () => {
    let checked = 0;
    for (let percentile = 0; percentile < 100; percentile += 1) checked += (await look(percentile)).results[0]!.checked;
    expect(checked).toBe(1);
  });

  it('names a holding that is not the sum of its ledger, and the total with it', async () => {
    const found = await broken('economy', 'update holding set amount = 7', 'update holding set amount = 5');
    expect(found).toEqual([
      {
        ...{ check: 'holding_is_sum_of_ledger', gameId: scope.gameId, environment: 'live' },
        ...{ subject: `player ${playerId}, economy gold`, expected: '5', found: '7' },
      },
      {
        ...{ check: 'newest_balance_is_holding', gameId: scope.gameId, environment: 'live' },
        ...{ subject: `player ${playerId}, economy gold`, expected: '5', found: '7' },
      },
      {
        ...{ check: 'minted_minus_burned_is_held', gameId: scope.gameId, environment: 'live' },
        ...{ subject: 'economy gold', expected: '5', found: '7' },
      },
    ]);
    expect(violationLine(found[0]!)).toContain(`expected 5, found 7`);
  });

  it('names every row in a line of its own and ends with the exit code 1; with 0 where all is well', async () => {
    const said: string[] = [];
    const run = async () => report(await checksOf(messenger, { percentile: null }), (line) => said.push(line));
    expect(await run()).toBe(0);
    expect(said.splice(0).at(-1)).toBe('All is well.');
    await ground.sql('economy', 'update holding set amount = 7');
    expect(await run()).toBe(1);
    await ground.sql('economy', 'update holding set amount = 5');
    expect(said.filter((line) => line.startsWith('VIOLATED'))).toContain(
      `VIOLATED holding_is_sum_of_ledger: player ${playerId}, economy gold of game ${scope.gameId} (live): ` +
        'expected 5, found 7',
    );
    expect(said.at(-1)).toBe('3 rows contradict what must be true.');
  });

  it('names ledger rows without a holding', async () => {
    const found = await broken(
      'economy',
      `update ledger set resource_key = 'gems'`,
      `update ledger set resource_key = 'gold'`,
    );
    expect(found.map(({ subject, expected, found: held }) => [subject, expected, held])).toEqual(
      expect.arrayContaining([
        [`player ${playerId}, economy gems`, '5', '0'],
        [`player ${playerId}, economy gold`, '0', '5'],
      ]),
    );
  });

  it('names an operation that moved one resource twice', async () => {
    const index = 'ledger_operation_resource_key';
    const found = await broken(
      'economy',
      `drop index ${index};
       insert into ledger (ledger_id, game_id, environment, player_id, studio_id, resource_type, resource_key, delta,
                           balance_after, revision, reason, origin, operation_id, actor, metadata, created_at)
       select gen_random_uuid(), game_id, environment, player_id, studio_id, resource_type, resource_key, delta,
              balance_after, revision + 1, reason, origin, operation_id, actor, metadata, created_at from ledger`,
      `delete from ledger where revision > 1;
       create unique index ${index} on ledger (game_id, environment, operation_id, resource_type, resource_key)`,
    );
    expect(found).toContainEqual(
      expect.objectContaining({
        ...{ check: 'one_row_an_operation_and_resource', subject: 'operation grant:1, economy gold' },
        ...{ expected: '1', found: '2' },
      }),
    );
  });

  it('names ledger rows of a player who holds nothing at all, and a holding nobody ever moved', async () => {
    const other = randomUUID();
    const found = await broken(
      'economy',
      `update holding set player_id = '${other}'`,
      `update holding set player_id = '${playerId}'`,
    );
    expect(found.map(({ check, subject, expected, found: held }) => [check, subject, expected, held])).toEqual(
      expect.arrayContaining([
        ['ledger_rows_have_a_holding', `player ${playerId}, economy gold`, '5', 'none'],
        ['holding_is_sum_of_ledger', `player ${other}, economy gold`, '0', '5'],
      ]),
    );
  });

  it('names what was left with a player who was merged away, here and among the grants', async () => {
    const grantId = randomUUID();
    const merged = `'${scope.gameId}', 'live', '${scope.studioId}', '${playerId}', '${randomUUID()}'`;
    await ground.sql(
      'economy',
      `insert into holdings_merge (saga_id, game_id, environment, studio_id, from_player, to_player, counts, merged_at)
       values ('saga', ${merged}, '{}', now())`,
    );
    const found = await broken(
      'grants',
      `insert into player_merge (game_id, environment, studio_id, from_player, to_player, to_external, merged_at)
       values (${merged}, 'mira', now());
       insert into player_grant (id, game_id, environment, studio_id, player_id, external_player_id, kind, contents,
                                 source_kind, status, deposit_state, revision, created_at)
       values ('${grantId}', '${scope.gameId}', 'live', '${scope.studioId}', '${playerId}', 'guest', 'reward',
               '{"entries":[]}', 'api', 'pending', 'none', 1, now())`,
      `delete from player_merge; delete from player_grant where id = '${grantId}'`,
    );
    await ground.sql('economy', 'delete from holdings_merge');
    const check = 'nothing_is_left_with_a_merged_player';
    expect(found.map((one) => [one.check, one.subject, one.expected, one.found])).toEqual([
      [check, `grant ${grantId} of player ${playerId}`, 'nothing', 'pending'],
      [check, `player ${playerId}, economy gold`, 'nothing', '5'],
    ]);
  });

  it('names a holding below nothing, although its ledger says the same', async () => {
    const found = await broken(
      'economy',
      `alter table holding drop constraint holding_amount_check;
       update holding set amount = -5; update ledger set delta = -5`,
      `update holding set amount = 5; update ledger set delta = 5;
       alter table holding add constraint holding_amount_check check (amount >= 0)`,
    );
    expect(found).toContainEqual(
      expect.objectContaining({
        check: 'holding_within_bounds',
        subject: `player ${playerId}, economy gold`,
        found: '-5',
      }),
    );
  });

  it('names a deposit of a grant nobody made, and a claim without a deposit', async () => {
    const [deposited, claimed] = [randomUUID(), randomUUID()];
    await give(`grant:${deposited}`, 'grant_deposit');
    const contents = JSON.stringify({ entries: [{ type: 'currency', currencyKey: 'gold', amount: 9 }] });
    const found = await broken(
      'grants',
      `insert into player_grant (id, game_id, environment, studio_id, player_id, external_player_id, kind, contents,
                                 source_kind, status, deposit_state, revision, created_at)
       values ('${claimed}', '${scope.gameId}', 'live', '${scope.studioId}', '${playerId}', 'mira', 'reward',
               '${contents}', 'api', 'claimed', 'done', 1, now())`,
      `delete from player_grant where id = '${claimed}'`,
    );
    expect(found).toEqual([
      expect.objectContaining({
        ...{ check: 'claimed_grant_is_deposited', subject: `grant ${claimed}` },
        ...{ expected: 'economy gold 9', found: 'nothing' },
      }),
      expect.objectContaining({ check: 'deposit_is_claimed', subject: `grant ${deposited}`, found: 'unknown' }),
    ]);
  });

  it('names a pool that paid more than it holds', async () => {
    const [window, grantId] = [randomUUID(), randomUUID()];
    const contents = JSON.stringify({ entries: [{ type: 'currency', currencyKey: 'gold', amount: 9 }] });
    const owner = `'${scope.gameId}', 'live'`;
    const found = await broken(
      'grants',
      `insert into pool_settlement (game_id, environment, subject, studio_id, event_window_id, currency_key, pool,
                                    winners, share, unpaid, created_at)
       values (${owner}, 'window:${window}', '${scope.studioId}', '${window}', 'gold', 8, 1, 8, 0, now());
       insert into pool_winner (game_id, environment, subject, ordinal, player_id, external_player_id)
       values (${owner}, 'window:${window}', 1, '${playerId}', 'mira');
       insert into player_grant (id, game_id, environment, studio_id, player_id, external_player_id, kind, contents,
                                 source_kind, payout_key, ordinal, status, deposit_state, revision, created_at)
       values ('${grantId}', ${owner}, '${scope.studioId}', '${playerId}', 'mira', 'reward', '${contents}', 'event',
               'pool:${window}:${playerId}', 1, 'pending', 'none', 1, now())`,
      `delete from pool_settlement; delete from pool_winner; delete from player_grant where id = '${grantId}'`,
    );
    expect(found).toContainEqual(
      expect.objectContaining({
        ...{ check: 'pool_pays_no_more_than_it_holds', subject: `window:${window}` },
        ...{ expected: 'at most 8', found: '9' },
      }),
    );
  });
});
