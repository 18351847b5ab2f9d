import { eventually, startGround, startHost, type Ground, type Host } from '@kraty/testing/harness';

let ground: Ground;
let host: Host;

beforeAll(async () => {
  ground = await startGround({ services: ['identity'] });
  host = await startHost(['gateway', 'identity'], ground);
});

afterAll(async () => {
  await host.stop();
  await ground.stop();
});

it('counts requests by bucket and class, and times them by route pattern, whatever the caller writes', async () => {
  const { url, metrics } = host.service('gateway');
  for (const path of [
    '/sdk/v1/ping',
    '/admin/v1/auth/bootstrap',
    '/admin/v1/studios/some-id',
    '/sdk/v1/players/mira/wallet',
    '/healthz',
    '/nothing/at/all',
  ]) {
    await fetch(url + path);
  }
  await eventually(async () => {
    const page = await metrics.registry.metrics();
    expect(page).toContain('http_requests_total{bucket="sdk_read",class="4xx",service="gateway"} 2');
    expect(page).toContain('http_requests_total{bucket="admin",class="2xx",service="gateway"} 1');
    expect(page).toContain('http_requests_total{bucket="admin",class="4xx",service="gateway"} 1');
    expect(page).toContain('http_requests_total{bucket="open",class="2xx",service="gateway"} 1');
    expect(page).toContain('http_requests_total{bucket="none",class="4xx",service="gateway"} 1');
    expect(page).toContain(
      'http_request_duration_seconds_count{service="gateway",method="GET",route="/admin/v1/studios/:studioId"} 1',
    );
    expect(page).not.toMatch(/some-id|mira|nothing/);
  });
});
