import { World, type Answer, type Player } from '@kraty/testing/world';

/** A progress call that meets everything: a formula, validators, milestones, completion, boards it contributes to. */
const game = {
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency' }],
  rewardBundles: [{ key: 'prize', name: 'Prize', entries: [{ type: 'currency', currencyKey: 'pearls', amount: 100 }] }],
  events: [
    {
      key: 'quest',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'kills', target: 20, cap: 15 }, { key: 'deaths' }],
      scoreFormula: { type: 'expression', expr: 'metrics.kills * 10 - raw.deaths + (context.level >= 5) * 50' },
      contributesTo: ['season', 'gone'],
      antiCheat: {
        validators: [
          { key: 'max_metric_jump', params: { metricKey: 'kills', maxDelta: 12 } },
          { key: 'max_metric_jump', params: { metricKey: 'kills', maxDelta: 50, verdict: 'reject' } },
        ],
      },
      milestoneRewards: [
        { key: 'fifteen', metricKey: 'kills', threshold: 15, rewardBundleKey: 'prize' },
        {
          key: 'five',
          metricKey: 'kills',
          threshold: 5,
          entries: [{ type: 'currency', currencyKey: 'pearls', amount: 7 }],
        },
      ],
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'prize' } },
    },
  ],
};

interface Reply {
  attempt: { id: string; score: number; status: string; metrics: object; metricsRaw: object };
  milestonesFired: { key: string; grants: { id: string; sourceKind: string; contents: object }[] }[];
}

let world: World;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy']);
  await world.configure(game);
});

afterAll(async () => {
  await world.stop();
});

const data = <T>(answer: Answer, status = 200): T => {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer.json.data as unknown as T;
};

async function playing(
  name: string,
): Promise<{ player: Player; report: (body: object) => Promise<Answer>; id: string }> {
  const player = await world.player(name);
  const started = await player.post('/events/quest/start', { playerContext: { level: 7 } });
  const { id } = data<{ attempt: { id: string } }>(started, 201).attempt;
  return { player, id, report: (body) => player.post(`/events/quest/attempts/${id}/progress`, body) };
}

const pearls = (amount: number) => ({ entries: [{ type: 'currency', currencyKey: 'pearls', amount }] });

describe('a progress call', () => {
  it('pays each milestone once, in its reply and in the pending grants, and repeats both for a repeated call', async () => {
    const { player, report, id } = await playing('mira');
    const body = { mode: 'increment', metricValues: { kills: 6, deaths: 3 }, idempotencyKey: 'p-1' };
    const first = await report(body);
    const { attempt, milestonesFired } = data<Reply>(first);
    expect(attempt).toMatchObject({ score: 107, metrics: { kills: 6, deaths: 3 } });
    expect(milestonesFired).toEqual([
      {
        key: 'five',
        grants: [expect.objectContaining({ sourceKind: 'event_milestone', sourceRefId: id, contents: pearls(7) })],
      },
    ]);
    const grantId = milestonesFired[0]!.grants[0]!.id;
    const pending = data<{ id: string }[]>(await player.get('/pending-grants'));
    expect(pending.map((grant) => grant.id)).toEqual([grantId]);
    data(await player.post(`/grants/${grantId}/claim`, {}));
    const again = await report(body);
    expect([again.headers.get('idempotency-replayed'), again.json]).toEqual(['true', first.json]);
  });

  it('fires milestones before the completion it brings, and both pay', async () => {
    const { player, report } = await playing('otto');
    const { attempt, milestonesFired } = data<Reply>(await report({ mode: 'set', metrics: { kills: 20 } }));
    expect(attempt).toMatchObject({
      status: 'completed',
      metrics: { kills: 15 },
      metricsRaw: { kills: 20 },
      score: 200,
    });
    expect(milestonesFired.map(({ key }) => key)).toEqual(['five', 'fifteen']);
    const pending = data<{ sourceKind: string }[]>(await player.get('/pending-grants'));
    expect(pending.map(({ sourceKind }) => sourceKind).toSorted()).toEqual([
      'event_completion',
      'event_milestone',
      'event_milestone',
    ]);
  });

  it('that a validator rejects leaves nothing and says why', async () => {
    const { player, report } = await playing('pia');
    const rejected = await report({ mode: 'increment', metricValue: 60, idempotencyKey: 'big' });
    expect([rejected.status, rejected.json]).toEqual([
      422,
      {
        error: {
          code: 'anti_cheat_rejected',
          message: 'kills +60 exceeds maxDelta 50',
          details: { validatorKey: 'max_metric_jump', reason: 'kills +60 exceeds maxDelta 50' },
        },
      },
    ]);
    expect(data(await player.get('/pending-grants'))).toEqual([]);
    const { attempt, milestonesFired } = data<Reply>(await report({ mode: 'increment', metricValue: 1 }));
    expect([attempt.metricsRaw, milestonesFired]).toEqual([{ kills: 1, deaths: 0 }, []]);
  });
});
