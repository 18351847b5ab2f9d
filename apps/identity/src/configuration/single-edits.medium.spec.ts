import { jetstream } from '@nats-io/jetstream';
import {
  applyConfiguration,
  exportConfiguration,
  operatorActed,
  planConfiguration,
  updateSettings,
  type Game,
  type Operator,
  type OperatorAct,
} from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { NatsLink } from '@kraty/platform/messaging';
import { eventually } from '@kraty/testing/harness';
import { IdentityUnderTest } from '../identity.fixture.js';
import { document } from './documents.fixture.js';
import { FakeOwners } from './owners.fixture.js';

let sut: IdentityUnderTest;
let owners: FakeOwners;
let link: NatsLink;
let operator: Operator;
let game: Game;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  owners = await FakeOwners.start(sut.ground);
  link = await NatsLink.open({ url: sut.ground.natsUrl, name: 'owners' });
  operator = await sut.operator();
});
beforeEach(async () => {
  for (const owner of owners.all) owner.reset();
  game = await sut.game(operator);
});
afterAll(async () => {
  await link.close();
  await owners.stop();
  await sut.stop();
});

const place = () => ({ operator, studioId: game.studioId, gameId: game.id });
const version = async () =>
  (await sut.messenger.request(exportConfiguration, { ...place(), format: 'json', sections: null })).configVersion;

function apply(changed: object, planHash: string | null) {
  const call = { ...place(), document: { ...document(game.slug), ...changed }, mode: 'merge' as const };
  return sut.messenger.request(applyConfiguration, { ...call, planHash, reason: 'release' });
}

function acted(action: string, more: Partial<OperatorAct> = {}): OperatorAct {
  const { requestId, ip, userAgent } = operator;
  return {
    auditId: uuidV7(),
    studioId: game.studioId,
    gameId: game.id,
    environment: null,
    actor: { type: 'member', id: operator.memberId, label: operator.email },
    action,
    target: { type: 'item', id: 'torch', label: 'torch' },
    reason: null,
    metadata: {},
    before: { name: 'Torch' },
    after: { name: 'Flame' },
    ...{ requestId, ip, userAgent },
    actedAt: '2026-06-08T12:00:00.123Z',
    ...more,
  };
}

/** As the owner publishes what it has committed. */
async function publish(...acts: OperatorAct[]): Promise<void> {
  const { subject } = operatorActed.economy;
  const facts = acts.map((payload) => ({
    ...{ id: uuidV7(), type: subject, aggregateId: payload.auditId, revision: 1 },
    ...{ scope: { studioId: game.studioId, gameId: game.id }, occurredAt: payload.actedAt, payload },
  }));
  await jetstream(link.nats).publish(subject, JSON.stringify({ id: uuidV7(), subject, facts }));
}

it('an edit of one object by its own route makes a new version, and a plan made before it is refused', async () => {
  await apply({}, null);
  const changed = { items: [{ key: 'torch', name: 'Lamp', itemTypeKey: 'consumable' }] };
  const call = { ...place(), document: { ...document(game.slug), ...changed }, mode: 'merge' as const };
  const plan = await sut.messenger.request(planConfiguration, call);
  expect(plan.configVersion).toBe(2);

  owners.economy.sections.get('items')!.set('torch', { key: 'torch', name: 'Flame' } as never);
  await publish(acted('item.update'));
  await eventually(async () => expect(await version()).toBe(3));

  const refused = await apply(changed, plan.planHash).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'version_conflict', status: 409, details: { currentVersion: 3 } });
  expect(owners.economy.committed).toHaveLength(1);
  expect((await apply(changed, null)).configVersion).toBe(4);
});

it('counts each edit once, however often it is told of, and nothing else that operators do', async () => {
  const [first, second] = [acted('bot.create', { before: null }), acted('event.archive')];
  const others = [acted('wallet.manual_credit'), acted('item.update', { after: { name: 'Torch' } })];
  await Promise.all([publish(first, second, first), publish(second, ...others), publish(first)]);
  await publish(acted('grant.create'), first, acted('item.create'));
  await eventually(async () => expect(await version()).toBe(4));
});

it('meets changes of the settings without getting in their way', async () => {
  const changes = async () => {
    for (let at = 1; at <= 5; at += 1) {
      const changed = { version: at, changes: { anomalyRetentionDays: 10 + at } };
      await sut.messenger.request(updateSettings, { ...place(), ...changed });
    }
  };
  await Promise.all([changes(), ...Array.from({ length: 5 }, () => publish(acted('item.update')))]);
  await eventually(async () => expect(await version()).toBe(11));
});

it('the reply to an apply tells what the clock has overtaken', async () => {
  owners.events.late = [
    { code: 'update_too_late', path: 'events[daily_race].status', message: 'left out: it is live' },
  ];
  expect((await apply({}, null)).warnings).toEqual(owners.events.late);
});

it('what a document says of windows that have ended is left out of the comparison', async () => {
  const [ended, running] = ['2026-01-01T10:00:00.000Z', '2026-01-02T10:00:00.000Z'];
  owners.events.runningWindows = { daily_race: running };
  const windowOverrides = [ended, running].map((startsAt) => ({ startsAt, metadata: { tier: 'boss' } }));
  const events = [{ ...document(game.slug).events![0]!, windowOverrides }];
  await apply({ events }, null);
  // The game has the event now, and its export holds the running window alone.
  const standing = { ...events[0]!, windowOverrides: windowOverrides.slice(1) };
  owners.events.sections.get('events')!.set('daily_race', standing);
  const again = await apply({ events }, null);
  expect(again).toMatchObject({ updates: [], configVersion: 2, warnings: [{ code: 'window_override_past' }] });
});
