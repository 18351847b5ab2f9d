import request from 'supertest';
import { eventually } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';

let world: World;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity']);
});

afterAll(async () => {
  await world.stop();
});

describe('the doors that need no credential', () => {
  it.each(['/healthz', '/readyz', '/admin/v1/health'])('%s answers a probe', async (path) => {
    // A check that a stall of the machine outlasts makes one probe fail; whoever probes comes again.
    await eventually(async () => {
      await request(world.url).get(path).expect(200).expect('content-type', /json/);
    });
  });

  it.each(['/openapi.sdk.json', '/openapi.server.json'])('%s is an OpenAPI 3.1 document', async (path) => {
    const { body } = (await request(world.url).get(path).expect(200)) as { body: { openapi: string; paths: object } };
    expect(body.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(body.paths)).toContain('/ping');
  });

  it('refuses everything else', async () => {
    await request(world.url).get('/sdk/v1/ping').expect(401);
    await request(world.url).get('/server/v1/ping').expect(401);
    await request(world.url).get('/metrics').expect(404);
  });
});
