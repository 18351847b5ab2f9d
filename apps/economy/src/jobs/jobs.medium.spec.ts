import { randomUUID } from 'node:crypto';
import { EconomyWorld } from '../testing/economy-world.fixture.js';
import { JobsService, leaseMs, type KeepTurn } from './jobs.service.js';

const dayMs = 24 * 3_600_000;

describe('jobs that run once a day', () => {
  let world: EconomyWorld;
  let jobs: JobsService;

  beforeAll(async () => {
    world = await EconomyWorld.start();
    jobs = world.provider(JobsService);
  });

  afterAll(async () => {
    await world.stop();
  });

  const work = () => Promise.resolve();
  /** A process that dies in its turn never comes to its end; what fails is taken again like it. */
  const die = () => Promise.reject(new Error('killed'));

  it('run once for all instances, and again a day after they were begun', async () => {
    const name = randomUUID();
    const turns = await Promise.all([1, 2, 3].map(() => jobs.runWhenDue(name, dayMs, work)));
    expect(turns.filter(Boolean)).toHaveLength(1);
    world.clock.advance(dayMs - 1);
    expect(await jobs.runWhenDue(name, dayMs, work)).toBe(false);
    world.clock.advance(1);
    expect(await jobs.runWhenDue(name, dayMs, work)).toBe(true);
  });

  it('are taken again after the lease of a process that died in its turn', async () => {
    const name = randomUUID();
    await expect(jobs.runWhenDue(name, dayMs, die)).rejects.toThrow('killed');
    expect(await jobs.runWhenDue(name, dayMs, work)).toBe(false);
    world.clock.advance(leaseMs);
    expect(await jobs.runWhenDue(name, dayMs, work)).toBe(true);
    world.clock.advance(leaseMs);
    expect(await jobs.runWhenDue(name, dayMs, work)).toBe(false);
  });

  it('keep their turn as long as they say that they go on', async () => {
    const name = randomUUID();
    const long = async (keep: KeepTurn) => {
      for (let step = 0; step < 3; step += 1) {
        world.clock.advance(leaseMs - 1);
        await keep();
        expect(await jobs.runWhenDue(name, dayMs, work)).toBe(false);
      }
    };
    expect(await jobs.runWhenDue(name, dayMs, long)).toBe(true);
  });

  it('stop where another instance has taken over what stood still for too long, and count once', async () => {
    const name = randomUUID();
    const steps: string[] = [];
    const late = async (keep: KeepTurn) => {
      world.clock.advance(leaseMs);
      expect(await jobs.runWhenDue(name, dayMs, () => Promise.resolve(void steps.push('taken over')))).toBe(true);
      await keep();
      steps.push('went on');
    };
    await jobs.runWhenDue(name, dayMs, late);
    expect(steps).toEqual(['taken over']);
    expect(await jobs.runWhenDue(name, dayMs, work)).toBe(false);
  });
});
