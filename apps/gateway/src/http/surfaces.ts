import { limits } from '@kraty/contracts/common';

/** Who a path is for (01 §1). */
export type Surface = 'sdk' | 'server' | 'admin' | 'open';

/** The surface of a request path. */
export function surfaceOf(path: string): Surface {
  if (path.startsWith('/sdk/v1/')) return 'sdk';
  if (path.startsWith('/server/v1/')) return 'server';
  if (path.startsWith('/admin/v1/')) return 'admin';
  return 'open';
}

const configurationPath = /^\/admin\/v1\/studios\/[^/]+\/games\/[^/]+\/config\//;

/** Largest body in bytes a path takes (01 §12). */
export function bodyBytesMax(path: string): number {
  if (path.startsWith('/sdk/v1/')) return limits.sdkBodyBytesMax;
  if (path.startsWith('/server/v1/migrate/') || configurationPath.test(path)) return limits.configurationBodyBytesMax;
  return limits.serverBodyBytesMax;
}
