import type { Context } from '@kraty/contracts/common';
import type { Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ConfigurationClass, ProcessConfiguration } from '../configuration/index.js';

/** A context, or the door in front of them. */
export type ServiceName = Context | 'gateway';

/** Where an HTTP service listens; port 0 = any free port. */
export interface HttpAddress {
  host: string;
  port: number;
}

/** What a service with an HTTP door of its own brings along. */
export interface HttpDoor<C extends ProcessConfiguration> {
  address(configuration: C): HttpAddress;
  createAdapter(configuration: C): AbstractHttpAdapter;
  /** Pipes, hooks and CORS; called before the application is initialized. */
  configure?(app: NestFastifyApplication, configuration: C): void | Promise<void>;
}

/** What a service is, before it runs. */
export interface ServiceDefinition<C extends ProcessConfiguration = ProcessConfiguration> {
  readonly name: ServiceName;
  readonly module: Type<unknown>;
  readonly configuration: ConfigurationClass<C>;
  readonly http?: HttpDoor<C>;
}

/** Describes a service once, for its own process, for tests and for the process that hosts them all. */
export function defineService<C extends ProcessConfiguration>(definition: ServiceDefinition<C>): ServiceDefinition<C> {
  return Object.freeze({ ...definition });
}
