import { jetstream } from '@nats-io/jetstream';
import type { Fact, FactType } from '@kraty/contracts/messages';
import {
  listAudit,
  operatorActed,
  updateSettings,
  verifyAudit,
  type AuditFilter,
  type Game,
  type Operator,
  type OperatorAct,
} from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { NatsLink } from '@kraty/platform/messaging';
import { eventually } from '@kraty/testing/harness';
import { IdentityUnderTest, scopeOf } from '../identity.fixture.js';

let sut: IdentityUnderTest;
let link: NatsLink;
let operator: Operator;
let game: Game;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  link = await NatsLink.open({ url: sut.ground.natsUrl, name: 'owners' });
  operator = await sut.operator();
  game = await sut.game(operator);
});
afterAll(async () => {
  await link.close();
  await sut.stop();
});

/** What a grant made by hand leaves behind. */
function grantMade(details: Partial<OperatorAct> = {}): OperatorAct {
  const auditId = uuidV7();
  return {
    auditId,
    studioId: game.studioId,
    gameId: game.id,
    environment: 'test',
    actor: { type: 'member', id: operator.memberId, label: operator.email },
    action: 'grant.manual_create',
    target: { type: 'grant', id: uuidV7(), label: null },
    reason: 'lost in an outage',
    metadata: { externalPlayerId: 'mira', ticket: 7 },
    before: null,
    after: { status: 'pending', quantity: 2 },
    requestId: operator.requestId,
    ip: operator.ip,
    userAgent: operator.userAgent,
    actedAt: '2026-06-08T12:00:00.123Z',
    ...details,
  };
}

/** As the context publishes it: one envelope with these acts, which may be sent any number of times. */
function envelope(type: FactType<OperatorAct>, ...acts: OperatorAct[]): string {
  const facts: Fact<OperatorAct>[] = acts.map((payload) => {
    const ids = { id: uuidV7(), type: type.subject, aggregateId: payload.auditId };
    return { ...ids, scope: scopeOf(game, 'test'), revision: 0, occurredAt: payload.actedAt, payload };
  });
  return JSON.stringify({ id: uuidV7(), subject: type.subject, facts });
}

async function publish(type: FactType<OperatorAct>, text: string): Promise<void> {
  await jetstream(link.nats).publish(type.subject, text);
}

async function rows(filter: AuditFilter) {
  const place = { operator, studioId: game.studioId, gameId: game.id };
  return (await sut.messenger.request(listAudit, { ...place, filter, limit: 200, cursor: null })).rows;
}

const verify = () =>
  sut.messenger.request(verifyAudit, { operator, studioId: game.studioId, fromSeq: null, toSeq: null });

describe('an act of an operator in another context', () => {
  it('is put on record as it was told, under the id the operator was given', async () => {
    const act = grantMade();
    await publish(operatorActed.grants, envelope(operatorActed.grants, act));
    await eventually(async () => expect(await rows({ targetId: act.target.id })).toHaveLength(1));
    const { auditId, actedAt, ...told } = act;
    expect((await rows({ targetId: act.target.id }))[0]).toMatchObject({
      ...told,
      id: auditId,
      createdAt: actedAt,
      metadata: { externalPlayerId: 'mira', ticket: 7, reason: 'lost in an outage' },
      diff: [{ path: '', before: null, after: act.after }],
    });
    expect(await rows({ externalPlayerId: 'mira', environment: 'test' })).toHaveLength(1);
  });

  it.each(Object.entries(operatorActed))('is heard of from %s', async (_context, type) => {
    const act = grantMade();
    await publish(type, envelope(type, act));
    await eventually(async () => expect(await rows({ targetId: act.target.id })).toHaveLength(1));
  });

  it('is one row, however often and in however many deliveries at once it comes', async () => {
    const [first, second] = [grantMade({ action: 'grant.twice' }), grantMade({ action: 'grant.twice' })];
    // The envelopes differ, so the broker cannot know them as repeated; two types are two consumers at work.
    const deliveries = [operatorActed.grants, operatorActed.economy].flatMap((type) =>
      Array.from({ length: 5 }, () => [type, envelope(type, first, second, first)] as const),
    );
    await Promise.all(deliveries.map(([type, text]) => publish(type, text)));
    for (const type of [operatorActed.grants, operatorActed.economy]) {
      await publish(type, envelope(type, grantMade({ action: 'grant.last' })));
    }
    await eventually(async () => expect(await rows({ action: 'grant.last' })).toHaveLength(2));
    const recorded = await rows({ action: 'grant.twice' });
    expect(recorded.map(({ id }) => id).sort()).toEqual([first.auditId, second.auditId].sort());
    expect(await verify()).toEqual({ ok: true, firstBadSeq: null });
  });

  it('takes its place in the one chain of the studio, between what identity itself does', async () => {
    const place = { operator, studioId: game.studioId, gameId: game.id };
    const acts = Array.from({ length: 10 }, () => grantMade({ action: 'grant.chained' }));
    const changes = async () => {
      for (let version = 1; version <= 5; version += 1) {
        const changed = { version, changes: { anomalyRetentionDays: 10 + version } };
        await sut.messenger.request(updateSettings, { ...place, ...changed });
      }
    };
    await Promise.all([
      changes(),
      ...acts.map((act) => publish(operatorActed.events, envelope(operatorActed.events, act))),
    ]);
    await eventually(async () => expect(await rows({ action: 'grant.chained' })).toHaveLength(10));
    expect(await verify()).toEqual({ ok: true, firstBadSeq: null });
  });

  it('is kept although a text in it could not be stored as it is', async () => {
    const act = grantMade({ reason: 'a\u0000b', metadata: { note: '\ud800' } });
    await publish(operatorActed.grants, envelope(operatorActed.grants, act));
    await eventually(async () => {
      expect(await rows({ targetId: act.target.id })).toMatchObject([{ reason: 'ab', metadata: { note: '\ufffd' } }]);
    });
    expect(await verify()).toEqual({ ok: true, firstBadSeq: null });
  });
});
