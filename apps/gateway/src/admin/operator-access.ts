import { RouteConfig } from '@nestjs/platform-fastify';

/** Who may call a route of `/admin/v1`: anyone, any operator, or only one with a session (04 §2). */
export type OperatorAccess = 'anyone' | 'operator' | 'session';

declare module 'fastify' {
  interface FastifyContextConfig {
    operator?: OperatorAccess;
    /** The body is a document in YAML or JSON and is handed over as its text. */
    documentBody?: boolean;
  }
}

/** A public route. */
export const ByAnyone = () => RouteConfig({ operator: 'anyone' });
/** A route for sessions and access tokens; what they may do there is for the owner of the data to say. */
export const ByOperator = (options: { documentBody?: boolean } = {}) =>
  RouteConfig({ operator: 'operator', ...options });
/** A route about the caller's own session and credentials: an access token gets `session_required`. */
export const BySession = () => RouteConfig({ operator: 'session' });
