import { Validator } from '@seriousme/openapi-schema-validator';
import { Controller, Get, Module } from '@nestjs/common';
import { KeyRead } from '../access/access.js';
import { documentOf, operationsOf, Schemas, surfaces } from './documents.fixture.js';
import { openApiDocument } from './document.js';
import { tags } from './operation.js';
import { inputsRead, RoutingTable } from './routing-table.fixture.js';

const sut = { sdk: documentOf('sdk'), server: documentOf('server') };
let table: RoutingTable;

beforeAll(async () => {
  table = await RoutingTable.boot();
});

afterAll(async () => {
  await table.close();
});

describe.each(surfaces)('the document of /%s/v1', (surface) => {
  const document = sut[surface];
  const operations = operationsOf(document);

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await new Validator().validate(document)).toEqual({ valid: true });
  });

  it('has every route the gateway answers for, and no other', () => {
    const documented = operations.map(({ method, path }) => `${method} ${path}`).sort();
    expect(documented).toEqual(
      table
        .routes(surface)
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    );
  });

  it('asks for the credentials that the route asks for', () => {
    for (const { method, path, access } of table.routes(surface)) {
      const { operation } = operations.find((one) => one.method === method && one.path === path)!;
      const schemes = operation.security.flatMap((requirement) => Object.keys(requirement));
      const wanted = access ? ['apiKey', ...(access.player === 'secret' ? ['playerSecret'] : [])] : [];
      expect([path, ...schemes]).toEqual([path, ...wanted]);
    }
  });

  it('names exactly the fields of body and query that the handlers read', async () => {
    for (const { controller, handler, method, path } of table.routes(surface)) {
      const { operation } = operations.find((one) => one.method === method && one.path === path)!;
      const body = operation.requestBody?.content['application/json'].schema.$ref.split('/').pop();
      const fields = body ? Object.keys(document.components.schemas[body]!.properties!) : [];
      const query = (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
      const read = await inputsRead(table.instance(controller), handler);
      expect({ path, body: read.body, query: read.query }).toEqual({ path, body: fields.sort(), query: query.sort() });
    }
  });

  it('shows examples that its own schemas accept', () => {
    const schemas = new Schemas(document);
    const shown = operations.flatMap(({ operation }) => [
      operation.requestBody?.content['application/json'],
      ...Object.values(operation.responses).map(({ content }) => content?.['application/json']),
    ]);
    const examples = shown.flatMap((media) => (media?.example === undefined ? [] : [media]));
    for (const { schema, example } of examples) expect(schemas.errorsOf(schema, example)).toEqual([]);
  });

  it('gives each operation an id of its own, and refusals the error envelope', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) {
      const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(refusals.length).toBeGreaterThan(0);
      expect(JSON.stringify(refusals.map(([, refusal]) => refusal.content)).match(/ErrorResponse/g)).toHaveLength(
        refusals.length,
      );
    }
  });

  it('tells its server, and its tags in the order of the contract', () => {
    expect(document.servers).toEqual([{ url: `/${surface}/v1` }]);
    const names = document.tags.map(({ name }) => name);
    expect(names).toEqual(tags.filter((tag) => names.includes(tag)));
  });
});

it('names components as clients know them', () => {
  expect(Object.keys(sut.sdk.components.schemas)).toEqual(
    expect.arrayContaining([
      ...['PingResponse', 'ErrorResponse', 'EventsListResponse', 'StartAttemptResponse', 'ProgressResponse'],
      ...['LeaderboardResponse', 'LeaderboardStreamEvent', 'PendingGrantsResponse', 'ClaimGrantResponse'],
      ...['RegisterPlayerResponse', 'InventoryListResponse', 'ConsumeItemResponse', 'WalletListResponse'],
      ...['DebitWalletResponse', 'CatalogResponse'],
    ]),
  );
  expect(Object.keys(sut.server.components.schemas)).toContain('ServerPingResponse');
});

it('says what an input takes, in bounds', () => {
  const { components, paths } = sut.sdk;
  expect(components.schemas['DebitWalletBody']).toMatchObject({
    required: ['amount'],
    properties: { amount: { type: 'integer', minimum: 1, maximum: 2_147_483_647 } },
  });
  expect(paths['/players/{externalId}/pending-grants']!['get']!.parameters).toContainEqual(
    expect.objectContaining({ name: 'limit', schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } }),
  );
});

it('says what a reply gives: ids, instants and integers', () => {
  const { BoardEntry, Attempt } = sut.sdk.components.schemas;
  expect(BoardEntry!.properties).toMatchObject({ rank: { type: 'integer' }, score: { type: 'number' } });
  expect(Attempt!.properties).toMatchObject({
    id: { type: 'string', format: 'uuid' },
    startedAt: { type: 'string', format: 'date-time' },
  });
});

it('cannot be made while a route has no description', () => {
  @Controller('sdk/v1')
  class StrayController {
    @Get('stray')
    @KeyRead()
    read(): void {}
  }
  @Module({ controllers: [StrayController] })
  class StrayModule {}
  expect(() => openApiDocument('sdk', {}, StrayModule)).toThrow('get /stray (StrayController.read) has no description');
});
