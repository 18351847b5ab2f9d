import { jetstream } from '@nats-io/jetstream';
import {
  attemptStarted,
  playerContextGiven,
  type AttemptStarted,
  type PlayerContextGiven,
} from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { readLastContexts, registerPlayer, type Game } from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { NatsLink } from '@kraty/platform/messaging';
import { eventually } from '@kraty/testing/harness';
import { IdentityUnderTest, scopeOf } from '../identity.fixture.js';

let sut: IdentityUnderTest;
let link: NatsLink;
let game: Game;
let names = 0;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  link = await NatsLink.open({ url: sut.ground.natsUrl, name: 'events' });
  game = await sut.game(await sut.operator());
});
afterAll(async () => {
  await link.close();
  await sut.stop();
});

async function newPlayer(): Promise<string> {
  const externalPlayerId = `player-${(names += 1)}`;
  const call = { scope: scopeOf(game), externalPlayerId, force: false, idempotencyKey: null, country: null };
  return (await sut.messenger.request(registerPlayer, call)).playerId;
}

function start(
  playerId: string,
  seconds: number,
  playerContext: AttemptStarted['playerContext'],
): Fact<AttemptStarted> {
  const [attemptId, other] = [uuidV7(), uuidV7()];
  const startedAt = new Date(sut.clock.nowMs() + seconds * 1_000).toISOString();
  const ids = { attemptId, eventId: other, eventKey: 'race', eventWindowId: other, leaderboardId: other };
  const payload = { ...ids, playerId, startedAt, playerContext };
  const type = attemptStarted.subject;
  return {
    id: uuidV7(),
    type,
    scope: scopeOf(game),
    aggregateId: attemptId,
    revision: 1,
    occurredAt: startedAt,
    payload,
  };
}

/** As the events service publishes it. */
async function publish(...facts: Fact<AttemptStarted>[]): Promise<void> {
  const subject = `${attemptStarted.subject}.0`;
  await jetstream(link.nats).publish(subject, JSON.stringify({ id: uuidV7(), subject, facts }));
}

/** As the events service publishes a start that handed back the running attempt. */
async function publishGiven(playerId: string, seconds: number, playerContext: PlayerContextGiven['playerContext']) {
  const givenAt = new Date(sut.clock.nowMs() + seconds * 1_000).toISOString();
  const { subject } = playerContextGiven;
  const fact: Fact<PlayerContextGiven> = {
    id: uuidV7(),
    type: subject,
    scope: scopeOf(game),
    aggregateId: playerId,
    revision: Date.parse(givenAt),
    occurredAt: givenAt,
    payload: { playerId, givenAt, playerContext },
  };
  await jetstream(link.nats).publish(subject, JSON.stringify({ id: uuidV7(), subject, facts: [fact, fact] }));
}

interface Seen {
  context: unknown;
  email: string | null;
  source: string | null;
  seen: Date;
}

async function player(playerId: string): Promise<Seen> {
  const text = `select last_context_snapshot as context, email, email_source as source, last_seen_at as seen from player where id = $1`;
  return (await sut.ground.sql<Seen & Record<string, unknown>>('identity', text, [playerId]))[0]!;
}

describe('what a start tells of a player', () => {
  it('is kept, with the email lifted out of the context', async () => {
    const playerId = await newPlayer();
    const fact = start(playerId, 5, { level: 7, email: 'Mira@Example.com' });
    await publish(fact);
    await eventually(async () => {
      expect(await player(playerId)).toEqual({
        context: { level: 7 },
        email: 'mira@example.com',
        source: 'client',
        seen: new Date(fact.payload.startedAt),
      });
    });
  });

  it('is the latest, in whatever order the facts come, however often', async () => {
    const playerId = await newPlayer();
    const [first, second, third] = [start(playerId, 1, { n: 1 }), start(playerId, 2, { n: 2 }), start(playerId, 3, {})];
    await publish(second!, third!);
    await publish(first!);
    await publish(second!);
    await publish(start(playerId, 4, null));
    const last = new Date(sut.clock.nowMs() + 4_000);
    await eventually(async () => expect(await player(playerId)).toMatchObject({ context: { n: 2 }, seen: last }));
  });

  it('is also that of a start that made no attempt, in its place in time', async () => {
    const playerId = await newPlayer();
    await publishGiven(playerId, 3, { n: 3 });
    await publish(start(playerId, 2, { n: 2 }));
    await publish(start(playerId, 4, null));
    const last = new Date(sut.clock.nowMs() + 4_000);
    await eventually(async () => expect(await player(playerId)).toMatchObject({ context: { n: 3 }, seen: last }));
  });

  it('is told to boards by player, in the scope of the player alone', async () => {
    const [mira, nico] = [await newPlayer(), await newPlayer()];
    await publish(start(mira, 1, { team: 'red', email: 'mira@example.com' }));
    const ask = async (scope: ReturnType<typeof scopeOf>) =>
      (await sut.messenger.request(readLastContexts, { scope, playerIds: [mira, nico, 'nobody'] })).contexts;
    await eventually(async () => expect(await ask(scopeOf(game))).toEqual({ [mira]: { team: 'red' } }));
    expect(await ask({ ...scopeOf(game), environment: 'test' })).toEqual({});
    expect(await ask({ ...scopeOf(game), gameId: uuidV7() })).toEqual({});
  });

  it('never replaces an email that somebody more trusted has set', async () => {
    const playerId = await newPlayer();
    const set = `update player set email = 'server@example.com', email_source = 'server' where id = $1`;
    await sut.ground.sql('identity', set, [playerId]);
    await publish(start(playerId, 1, { level: 1, email: 'client@example.com' }));
    await eventually(async () => {
      expect(await player(playerId)).toMatchObject({
        context: { level: 1 },
        email: 'server@example.com',
        source: 'server',
      });
    });
  });

  it('is taken although a text in it could not be stored as it is', async () => {
    const playerId = await newPlayer();
    await publish(start(playerId, 1, { name: 'a\u0000b' }));
    await eventually(async () => expect((await player(playerId)).context).toEqual({ name: 'ab' }));
  });
});
