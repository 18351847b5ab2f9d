import type { Type } from '@nestjs/common';
import { MODULE_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { RouteAccess } from '../access/access.js';
import { GatewayModule } from '../gateway.module.js';
import { routesOf, type DocumentedSurface } from './routes.js';

interface BootedRoute {
  method: string;
  url: string;
  access: RouteAccess | undefined;
}

/** The routes that Fastify really got from the gateway's controllers, without anything behind them. */
export class RoutingTable {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly booted: BootedRoute[],
  ) {}

  static async boot(): Promise<RoutingTable> {
    const controllers: Type<object>[] = Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, GatewayModule);
    const module = await Test.createTestingModule({ controllers })
      .useMocker(() => ({}))
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    const booted: BootedRoute[] = [];
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRoute', ({ method, url, config }) => {
        const methods = [method].flat().filter((one) => one !== 'HEAD');
        for (const one of methods) booted.push({ method: one.toLowerCase(), url, access: config?.access });
      });
    await app.init();
    return new RoutingTable(app, booted);
  }

  /** Routes below a surface, named as documents name them, with the handler that the metadata names for each. */
  routes(surface: DocumentedSurface) {
    const prefix = `/${surface}/v1`;
    const declared = routesOf(GatewayModule, surface);
    return this.booted
      .filter(({ url }) => url.startsWith(`${prefix}/`))
      .map(({ method, url, access }) => {
        const path = url.slice(prefix.length).replace(/:(\w+)/g, '{$1}');
        const { controller, handler } = declared.find((one) => one.method === method && one.path === path)!;
        return { method, path, access, controller, handler };
      });
  }

  instance(controller: Type<object>): object {
    return this.app.get(controller);
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}

const request = {
  kraty: { scope: {}, externalPlayerId: 'mira', player: {}, key: {} },
  headers: {},
  method: 'POST',
  url: '/',
};

/** The names a handler asks of its body and its query before it fails for want of services behind it. */
export async function inputsRead(controller: object, handler: string): Promise<{ body: string[]; query: string[] }> {
  const read = { body: new Set<string>(), query: new Set<string>() };
  const given = { [RouteParamtypes.BODY]: recorder(read.body), [RouteParamtypes.QUERY]: recorder(read.query) };
  const declared: Record<string, { index: number }> =
    Reflect.getMetadata(ROUTE_ARGS_METADATA, controller.constructor, handler) ?? {};
  const call = (controller as Record<string, (...values: unknown[]) => unknown>)[handler]!;
  // A route may read other inputs for an id than for a key.
  for (const named of [anyId, anyKey]) {
    const values: unknown[] = [];
    const inputs = { body: recorder(read.body), query: recorder(read.query), params: always(named) };
    for (const [name, { index }] of Object.entries(declared)) {
      const kind = Number(name.split(':', 1)[0]) as keyof typeof given;
      values[index] = given[kind] ?? (kind === (RouteParamtypes.REQUEST as number) ? { ...request, ...inputs } : named);
    }
    await Promise.resolve()
      .then(() => call.apply(controller, values))
      .catch(() => undefined);
  }
  return { body: [...read.body].sort(), query: [...read.query].sort() };
}

/** Fits wherever a path wants an id. */
const anyId = '0198f0b3-0000-7000-8000-000000000001';
const anyKey = 'any_key';

function always(value: string): object {
  return new Proxy({}, { get: () => value });
}

function recorder(names: Set<string>): object {
  return new Proxy({}, { get: (_target, name) => void names.add(String(name)) });
}
