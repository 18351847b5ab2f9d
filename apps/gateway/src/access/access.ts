import { RouteConfig } from '@nestjs/platform-fastify';

/** What a route needs, read by the access hook before the body is (01 §§3–4). */
export interface RouteAccess {
  /** Which kind of API key the route takes. */
  key: 'client_sdk' | 'server_integration';
  /** `none`: no player in the path or only looked up; `secret`: the path's player proves itself (01 §3). */
  player: 'none' | 'secret';
  /** Bans refuse writes (01 §3). */
  bucket: 'sdk_read' | 'sdk_write' | 'server_api';
  /** A banned player is refused. */
  gated: boolean;
  /** Makes its player itself, where an unknown one may come without a secret (12 §2). */
  firstContact?: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}

const sdkRead: RouteAccess = { key: 'client_sdk', player: 'none', bucket: 'sdk_read', gated: false };

/** A read with the key alone. */
export const KeyRead = () => RouteConfig({ access: sdkRead });
/** A write with the key alone: register, which checks a ban itself. */
export const KeyWrite = () => RouteConfig({ access: { ...sdkRead, bucket: 'sdk_write' } });
/** A read of the path's player, who proves itself by its secret. */
export const PlayerRead = () => RouteConfig({ access: { ...sdkRead, player: 'secret' } });
/** A write of the path's player, who proves itself by its secret; refused when banned. */
export const PlayerWrite = () =>
  RouteConfig({ access: { ...sdkRead, player: 'secret', bucket: 'sdk_write', gated: true } });
/** As `PlayerWrite`; the first contact of a player whose secret nobody requires. */
export const PlayerStart = () =>
  RouteConfig({ access: { ...sdkRead, player: 'secret', bucket: 'sdk_write', gated: true, firstContact: true } });
/** A call of a studio's backend. */
export const ServerCall = () =>
  RouteConfig({ access: { key: 'server_integration', player: 'none', bucket: 'server_api', gated: false } });
