import type { Type } from '@nestjs/common';
import { classSchema, type BodyClass, type Schema } from '@kraty/contracts/schemas';
import { version } from '@kraty/platform/health';
import { GatewayModule } from '../gateway.module.js';
import { headerComponents, securitySchemes } from './components.js';
import { tags, type DescribedOperation, type DescribedReply } from './operation.js';
import { describedControllers } from './operations/index.js';
import { parameter, pathParameter } from './parameters.js';
import { headers, refusalsOf } from './refusals.js';
import { routesOf, type DeclaredRoute, type DocumentedSurface } from './routes.js';
import { withValueFormats } from './value-formats.js';

const titles: Record<DocumentedSurface, string> = {
  sdk: 'Kraty SDK API: for game clients',
  server: 'Kraty Server API: for backends of studios',
};

const description =
  'A success carries `data`; everything else is an `ErrorResponse`, whose `code` comes from a closed list. Unknown fields ' +
  'of a body or query are passed over, optional fields may be null, and replies may get further fields at any time.';
const license = { name: 'Apache-2.0', identifier: 'Apache-2.0' };

/** Headers of every reply from the counting of the rate limit on (01 §8). */
const countedHeaders = ['X-Request-Id', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];

type Operations = [DeclaredRoute, DescribedOperation][];

/**
 * The OpenAPI 3.1 document of a surface: its routes from the controllers' metadata, its bodies from the classes that
 * validate them, its replies from the contract's types (01 §13).
 *
 * @param replySchemas schemas of `Replies` and of the types they name, by component name
 * @throws Error for a route that nothing describes, or a path parameter that nothing describes
 */
export function openApiDocument(
  surface: DocumentedSurface,
  replySchemas: Readonly<Record<string, Schema>>,
  module: Type<object> = GatewayModule,
): Schema {
  const operations: Operations = routesOf(module, surface).map((route) => [route, descriptionOf(route)]);
  const paths = pathsOf(operations);
  const shown = new Set(operations.map(([, { tag }]) => tag));
  return {
    openapi: '3.1.0',
    info: { title: titles[surface], description, version, license },
    servers: [{ url: `/${surface}/v1` }],
    tags: tags.filter((tag) => shown.has(tag)).map((name) => ({ name })),
    paths,
    components: {
      schemas: usedSchemas(paths, mapped({ ...replySchemas, ...bodySchemas(operations) }, withValueFormats)),
      headers: headerComponents,
      securitySchemes: securitySchemes(surface),
    },
  };
}

function descriptionOf({ controller, handler, method, path }: DeclaredRoute): DescribedOperation {
  const [, operations] = describedControllers.find(([described]) => described === controller) ?? [];
  const operation = operations?.[handler];
  if (!operation) throw new Error(`${method} ${path} (${controller.name}.${handler}) has no description for OpenAPI`);
  return operation;
}

function pathsOf(operations: Operations): Record<string, Schema> {
  const paths: Record<string, Schema> = {};
  for (const [route, operation] of operations) {
    (paths[route.path] ??= {})[route.method] = operationOf(route, operation);
  }
  return paths;
}

function operationOf(route: DeclaredRoute, operation: DescribedOperation): Schema {
  const { id, tag, summary, body } = operation;
  const parameters = [
    ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => pathParameter(name!)),
    ...(operation.parameters ?? []).map(parameter),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(operation.description && { description: operation.description }),
    security: securityOf(route),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body, operation.bodyExample) }),
    responses: { ...mapped(operation.replies, (reply) => success(route, reply)), ...refusalsOf(route, operation) },
  };
}

function securityOf({ access }: DeclaredRoute): Schema[] {
  if (!access) return [];
  return [{ apiKey: [], ...(access.player === 'secret' && { playerSecret: [] }) }];
}

/** Where every field is optional the body may be left out (01 §12). */
function requestBody(body: BodyClass, example: object | undefined): Schema {
  const required = 'required' in classSchema(body);
  const schema = { $ref: `#/components/schemas/${body.name}` };
  return { required, content: { 'application/json': { schema, ...(example && { example }) } } };
}

function success({ access }: DeclaredRoute, reply: DescribedReply): Schema {
  const { component, mediaType = 'application/json', example } = reply;
  const named = [...(access ? countedHeaders : ['X-Request-Id']), ...(reply.headers ?? [])];
  const schema = { $ref: `#/components/schemas/${component}` };
  const content = { [mediaType]: { schema, ...(example !== undefined && { example }) } };
  return { description: reply.description, headers: headers(named), ...(component && { content }) };
}

/** Clients are older and newer than the server, so fields it does not know are not refused (01 §12). */
function bodySchemas(operations: Operations): Record<string, Schema> {
  const bodies = operations.flatMap(([, { body }]) => (body ? [body] : []));
  return Object.fromEntries(
    bodies.map((body) => {
      const { additionalProperties: _refused, ...schema } = classSchema(body);
      return [body.name, schema];
    }),
  );
}

/** Of all schemas those that the paths need, in alphabetical order. */
function usedSchemas(paths: object, schemas: Record<string, Schema>): Record<string, Schema> {
  const used = new Set<string>();
  const visit = (node: object): void => {
    for (const [, name] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name!)) continue;
      const schema = schemas[name!];
      if (!schema) throw new Error(`the component ${name} has no schema`);
      used.add(name!);
      visit(schema);
    }
  };
  visit(paths);
  return Object.fromEntries([...used].sort().map((name) => [name, schemas[name]!]));
}

function mapped<T>(record: Readonly<Record<string, T>>, change: (value: T) => Schema): Record<string, Schema> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
