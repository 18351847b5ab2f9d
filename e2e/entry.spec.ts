import { World, type Answer, type Player } from '@kraty/testing/world';

/** Who may enter an event, what it costs, and on which board one plays (05 §§6.1, 8, 11, 12), as a client sees it. */
const game = {
  items: [{ key: 'torch', name: 'Torch', itemTypeKey: 'consumable' }],
  currencies: [
    { key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 25 },
    { key: 'renown', name: 'Renown', kind: 'progression', initialBalance: 3 },
  ],
  events: [
    event('crab_sprint', { entryCost: { currencies: [{ key: 'pearls', amount: 20 }] } }),
    event('dear', {
      entryCost: { currencies: [{ key: 'pearls', amount: 40 }], items: [{ key: 'torch', quantity: 1 }] },
    }),
    event('renowned', { entryRequirement: { type: 'progression_at_least', economyKey: 'renown', amount: 4 } }),
    event('hidden', { unlockCondition: { type: 'has_item', itemKey: 'torch' } }),
    event('locals', { entryRequirement: { type: 'country_in', countries: ['PT'] } }),
    event('encore', { entryRequirement: { type: 'completed_event_at_least_once', eventKey: 'crab_sprint' } }),
    event('groups', { leaderboard: { mode: 'grouped', capacity: 2 } }),
    event('leagues', { leaderboard: { mode: 'segmented', segmentation: { type: 'country', fallback: 'world' } } }),
  ],
};

function event(key: string, more: object): Record<string, unknown> {
  return {
    key,
    name: key,
    status: 'scheduled',
    availability: { mode: 'always_on' },
    metrics: [{ key: 'shells', target: 5 }],
    attempt: { replayableDuringWindow: true },
    ...more,
  };
}

let world: World;

beforeAll(async () => {
  const environment = { COUNTRY_HEADER: 'x-country' };
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'], { environment });
  await world.configure(game);
});

afterAll(async () => {
  await world.stop();
});

interface Started {
  attempt: { id: string; leaderboardId: string };
}

const start = (player: Player, key: string, body: object = {}) => player.post(`/events/${key}/start`, body);
const started = (answer: Answer): Started => {
  expect(answer).toMatchObject({ status: 201 });
  return answer.json.data as unknown as Started;
};

async function pearls(player: Player): Promise<number> {
  const { wallet } = (await player.get('/wallet')).json.data as unknown as {
    wallet: { economyKey: string; balance: number }[];
  };
  return wallet.find(({ economyKey }) => economyKey === 'pearls')?.balance ?? 0;
}

async function local(name: string): Promise<Player> {
  const path = `/sdk/v1/players/${name}/register`;
  const answer = await world.call('POST', path, { headers: { 'x-country': 'pt' }, body: {} });
  return world.as(name, (answer.json.data as unknown as { secret: string }).secret);
}

describe('an entry cost', () => {
  it('is taken once by five parallel starts, and not again by what follows', async () => {
    const mira = await world.player('mira');
    const answers = await Promise.all(Array.from({ length: 5 }, () => start(mira, 'crab_sprint')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(await pearls(mira)).toBe(5);
    const { attempt } = answers[0]!.json.data as unknown as Started;
    await mira.post(`/events/crab_sprint/attempts/${attempt.id}/finish`);
    started(await start(mira, 'crab_sprint'));
    expect(await pearls(mira)).toBe(5);
  });

  it('that is too high is told line by line and takes nothing', async () => {
    const noor = await world.player('noor');
    const answer = await start(noor, 'dear');
    expect(answer.status).toBe(402);
    expect(answer.json.error).toEqual({
      code: 'insufficient_entry_cost',
      message: 'not enough pearls to enter — need 40',
      details: {
        resource: 'pearls',
        needed: 40,
        have: 25,
        shortfalls: [
          { resource: 'pearls', needed: 40, have: 25 },
          { resource: 'torch', needed: 1, have: 0 },
        ],
      },
    });
    expect(await pearls(noor)).toBe(25);
  });
});

describe('the gates of an event', () => {
  it('show in the listing what is asked for, and hide what is locked', async () => {
    const otto = await world.player('otto');
    const listed = (await otto.get('/events')).json.data as unknown as Record<string, unknown>[];
    const byKey = new Map(listed.map((one) => [one['eventKey'], one]));
    expect(byKey.has('hidden')).toBe(false);
    expect(byKey.get('dear')).toMatchObject({
      entryCost: { currencies: [{ key: 'pearls', amount: 40 }], items: [{ key: 'torch', quantity: 1 }] },
    });
    expect(byKey.get('renowned')).toMatchObject({
      entryRequirement: { type: 'progression_at_least', economyKey: 'renown', amount: 4 },
    });
    expect(byKey.get('leagues')).toMatchObject({ leaderboardMode: 'global_segmented', leaderboardId: null });
    expect(byKey.get('groups')).toMatchObject({ leaderboardMode: 'grouped', leaderboardId: null });
  });

  it('look at wallet, inventory, country and completions as their owners know them', async () => {
    const [pia, quin] = [await world.player('pia'), await local('quin')];
    const code = async (answer: Promise<Answer>) => (await answer).json.error?.code;
    expect(await code(start(pia, 'renowned'))).toBe('entry_requirement_failed');
    expect(await code(start(pia, 'hidden'))).toBe('unlock_condition_failed');
    expect(await code(start(pia, 'locals', { playerContext: { country: 'PT' } }))).toBe('entry_requirement_failed');
    started(await start(quin, 'locals'));

    expect(await code(start(pia, 'encore'))).toBe('entry_requirement_failed');
    const { attempt } = started(await start(pia, 'crab_sprint'));
    const path = `/events/crab_sprint/attempts/${attempt.id}/progress`;
    await pia.post(path, { mode: 'set', metricValue: 5 });
    started(await start(pia, 'encore'));
  });
});

describe('the board of a player', () => {
  it('is a group with room', async () => {
    const players = await Promise.all(['g1', 'g2', 'g3', 'g4', 'g5'].map((name) => world.player(name)));
    const answers = await Promise.all(players.map((player) => start(player, 'groups')));
    const boards = answers.map((answer) => started(answer).attempt.leaderboardId);
    const humans = boards.map((board) => boards.filter((other) => other === board).length);
    expect(new Set(boards).size).toBe(3);
    expect(Math.max(...humans)).toBe(2);
    const read = await world.call('GET', `/sdk/v1/leaderboards/${boards[0]}?includeSelf=true&externalId=g1`);
    expect(read.json.data).toMatchObject({ mode: 'grouped', self: { score: 0 } });
  });

  it('is that of the segment the server knows', async () => {
    const [here, there, everywhere] = [await local('here'), await local('there'), await world.player('everywhere')];
    const boards = [];
    for (const player of [here, there, everywhere])
      boards.push(started(await start(player, 'leagues')).attempt.leaderboardId);
    expect(boards[0]).toBe(boards[1]);
    expect(boards[2]).not.toBe(boards[0]);
    const read = await world.call('GET', `/sdk/v1/leaderboards/${boards[0]}`);
    expect(read.json.data).toMatchObject({ mode: 'segmented' });
    expect((read.json.data as unknown as { entries: unknown[] }).entries).toHaveLength(2);
  });
});
