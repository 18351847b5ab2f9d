import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants';
import type { FastifyContextConfig } from 'fastify';
import type { RouteAccess } from '../access/access.js';

export type DocumentedSurface = 'sdk' | 'server';

/** A route as the metadata of its controller declares it. */
export interface DeclaredRoute {
  controller: Type<object>;
  handler: string;
  method: string;
  /** Relative to the surface, parameters in braces: `/players/{externalId}/events`. */
  path: string;
  /** Undefined for a route that anyone may call. */
  access: RouteAccess | undefined;
}

/** Every route below `/sdk/v1` or `/server/v1` that the controllers of a module declare. */
export function routesOf(module: Type<object>, surface: DocumentedSurface): DeclaredRoute[] {
  const controllers: Type<object>[] = Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, module);
  const prefix = `/${surface}/v1`;
  return controllers
    .flatMap(routesOfController)
    .filter(({ path }) => path.startsWith(`${prefix}/`))
    .map((route) => ({ ...route, path: route.path.slice(prefix.length) }));
}

function routesOfController(controller: Type<object>): DeclaredRoute[] {
  const bases = pathsIn(controller);
  const handlers = Object.getOwnPropertyNames(controller.prototype).filter((name) => name !== 'constructor');
  return handlers.flatMap((handler) => {
    const target = (controller.prototype as Record<string, object>)[handler]!;
    const method: RequestMethod | undefined = Reflect.getMetadata(METHOD_METADATA, target);
    if (method === undefined) return [];
    const config: FastifyContextConfig | undefined = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, target);
    const paths = bases.flatMap((base) => pathsIn(target).map((path) => joined(base, path)));
    return paths.map((path) => ({
      controller,
      handler,
      method: RequestMethod[method]!.toLowerCase(),
      path,
      access: config?.access,
    }));
  });
}

function pathsIn(target: object): string[] {
  const declared: string | string[] = Reflect.getMetadata(PATH_METADATA, target);
  return [declared].flat();
}

function joined(...parts: string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return `/${segments.join('/')}`.replace(/:(\w+)/g, '{$1}');
}
