import { MovableClock } from '@kraty/platform/clock';
import { World } from '@kraty/testing/world';

const checksMax = 5;
let sut: World;

beforeAll(async () => {
  const environment = { TRUST_PROXY: 'true', RATE_LIMIT_AUTHENTICATION: String(checksMax) };
  // Checks are counted by the minute: none ends between them.
  const clock = new MovableClock(new Date('2026-06-01T12:00:00.000Z'));
  sut = await World.start(['gateway', 'identity'], { environment, clock });
});

afterAll(async () => {
  await sut.stop();
});

/** A wrong key, as a proxy hands it on that has seen `address` and found `claimed` in the header already. */
const tryKey = async (claimed: string, address: string): Promise<number> => {
  const headers = { 'x-forwarded-for': `${claimed}, ${address}` };
  return (await sut.call('GET', '/sdk/v1/ping', { key: `pAAAAAAA.${'a'.repeat(43)}`, headers })).status;
};

it('goes by the address the proxy has seen, whatever a caller claims to be', async () => {
  const statuses: number[] = [];
  for (let tries = 0; tries <= checksMax; tries += 1) statuses.push(await tryKey(`10.0.0.${tries}`, '192.0.2.1'));
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  expect(await tryKey('10.0.0.0', '192.0.2.2')).toBe(401);
});
