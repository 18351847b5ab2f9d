import { reportProgress } from '@kraty/contracts/events';
import { crabSprint, EventsWorld } from './events-world.fixture.js';
import { Progress } from './progress/progress.service.js';

it('bench', async () => {
  const world = await EventsWorld.start('2026-06-01T12:00:00Z');
  await world.configure(crabSprint({ metrics: [{ key: 'shells' }, { key: 'crabs', scorePerUnit: 10 }, { key: 'x', target: 1e12 }] }));
  const players = Array.from({ length: 300 }, (_, at) => world.player(`p${at}`));
  const attempts = [];
  for (const player of players) attempts.push(await world.started(player, 'crab_sprint'));
  const sut = (world as any).host.service('events').app.get(Progress) as Progress;
  let n = 0;
  const call = (at: number) => ({
    scope: world.scope, player: players[at]!, eventKey: 'crab_sprint', attemptId: attempts[at]!.id, mode: 'increment' as const,
    metricValue: null, metrics: { shells: 1, crabs: 2 }, occurredAt: null,
    idempotency: { key: `k${n++}`, operation: `POST /players/p${at}/events/crab_sprint/attempts/${attempts[at]!.id}/progress`, bodyHash: 'a'.repeat(64) },
  });
  for (const [concurrency, total] of [[256, 40000]] as const) {
    n += 1;
    const cpu = process.cpuUsage();
    const from = performance.now();
    let left = total;
    const latencies: number[] = [];
    await Promise.all(Array.from({ length: concurrency }, async (_, w) => {
      while (left-- > 0) {
        const t = performance.now();
        await sut.report(call((w * 7 + left) % 300));
        latencies.push(performance.now() - t);
      }
    }));
    const ms = performance.now() - from;
    const used = process.cpuUsage(cpu);
    latencies.sort((a, b) => a - b);
    process.stdout.write(`direct c=${concurrency}: ${(total / ms * 1000).toFixed(0)}/s cpu ${((used.user + used.system) / total).toFixed(1)} µs p50 ${latencies[total >> 1]!.toFixed(1)} p99 ${latencies[Math.floor(total * .99)]!.toFixed(1)}\n`);
  }
  {
    const total = 20000; let left = total;
    const cpu = process.cpuUsage(); const from = performance.now();
    await Promise.all(Array.from({ length: 256 }, async (_, w) => { while (left-- > 0) await world.messenger.requestRaw(reportProgress, call((w * 7 + left) % 300)); }));
    const ms = performance.now() - from; const used = process.cpuUsage(cpu);
    process.stdout.write(`over NATS (client+server in one process): ${(total / ms * 1000).toFixed(0)}/s cpu ${((used.user + used.system) / total).toFixed(1)} µs\n`);
  }
  {
    const total = 1500; let left = total; 
    const cpu = process.cpuUsage(); const from = performance.now();
    await Promise.all(Array.from({ length: 32 }, async () => { while (left-- > 0) { const p = world.player(`s${left}`); await world.start(p, 'crab_sprint', { key: 'k' }); } }));
    const ms = performance.now() - from; const used = process.cpuUsage(cpu);
    process.stdout.write(`starts: ${(total / ms * 1000).toFixed(0)}/s cpu ${((used.user + used.system) / total).toFixed(1)} µs\n`);
  }
  process.stdout.write((await (world as any).host.service('events').metrics.registry.getSingleMetricAsString('progress_batch_calls')) + '\n');
  await world.stop();
}, 120000);
