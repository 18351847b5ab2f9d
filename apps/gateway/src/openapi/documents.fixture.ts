import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Schema } from '@kraty/contracts/schemas';
import { Documents } from './documents.service.js';
import type { DocumentedSurface } from './routes.js';

export const surfaces = ['sdk', 'server'] as const satisfies readonly DocumentedSurface[];

interface Media {
  schema: Schema & { $ref: string };
  example?: unknown;
}

type Content = Readonly<Record<string, Media | undefined>>;

export interface Operation {
  operationId: string;
  security: Record<string, string[]>[];
  parameters?: { in: string; name: string; schema: Schema }[];
  requestBody?: { content: { 'application/json': Media } };
  responses: Record<string, { content?: Content }>;
}

export interface OpenApi extends Record<string, unknown> {
  openapi: string;
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema & { properties?: Record<string, Schema> }> };
}

/** The committed document, as the gateway serves it. */
export function documentOf(surface: DocumentedSurface): OpenApi {
  return JSON.parse(new Documents()[surface]) as OpenApi;
}

/** Every operation with its place. */
export function operationsOf({ paths }: OpenApi): { method: string; path: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
}

/** Checks values by the schemas of a document. */
export class Schemas {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(private readonly document: OpenApi) {
    formats.default(this.ajv);
    this.ajv.addSchema({ $id: 'document', ...document });
  }

  /** What a schema of the document finds wrong with a value. */
  errorsOf(schema: Schema, value: unknown): string[] {
    const validate = this.ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as Schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  /** The operation that describes a request below the surface, `get /catalog`. */
  operationAt(method: string, path: string): string | undefined {
    const fits = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
    const found = operationsOf(this.document).find((one) => one.method === method && fits(one.path));
    return found && `${method} ${found.path}`;
  }

  /** What the document finds wrong with a reply; a status that it does not name is wrong, too. */
  errorsOfReply(operation: string, status: number, body: unknown): string[] {
    const [method, path] = operation.split(' ') as [string, string];
    const described = this.document.paths[path]?.[method]?.responses[status];
    if (!described) return [`${operation} has no reply ${status}`];
    const schema = described.content?.['application/json']?.schema;
    return schema ? this.errorsOf(schema, body) : [];
  }
}
