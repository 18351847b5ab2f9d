import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';

interface Span {
  traceId: string;
  service: string;
  library: string;
  name: string;
}

interface ExportedSpans {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { scope: { name: string }; spans: { traceId: string; name: string }[] }[];
  }[];
}

const services = ['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'];
const spans: Span[] = [];
let collector: Server;
let world: World;

/** As much of a collector as a test needs: it takes OTLP over HTTP in JSON. */
function startCollector(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') keep(JSON.parse(Buffer.concat(chunks).toString()) as ExportedSpans);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function keep({ resourceSpans }: ExportedSpans): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    for (const { scope, spans: exported } of scopeSpans) {
      for (const { traceId, name } of exported) spans.push({ traceId, service, library: scope.name, name });
    }
  }
}

beforeAll(async () => {
  collector = await startCollector();
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  world = await World.startSplit(services, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, TRACE_RATIO: '1' });
});

afterAll(async () => {
  await world?.stop();
  collector?.close();
});

it('follows one request through gateway, bus, service and SQL, and its fact to the next service', async () => {
  await world.player('mira');
  await eventually(
    () => {
      const register = spans.find(({ name }) => name === 'kraty.identity.register-player');
      const trace = spans.filter(({ traceId }) => traceId === register?.traceId);
      expect(trace.map(({ service }) => service)).toEqual(
        expect.arrayContaining(['gateway', 'identity', 'leaderboards']),
      );
      expect(trace.some(({ service, library }) => service === 'gateway' && library.includes('http'))).toBe(true);
      expect(trace.some(({ service, library }) => service === 'identity' && library.includes('pg'))).toBe(true);
    },
    { withinMs: 45_000 },
  );
}, 90_000);
