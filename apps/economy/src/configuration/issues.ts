import type { Issue } from '@kraty/contracts/failures';

export function when(holds: boolean, path: string, code: Issue['code'], message: string): Issue[] {
  return holds ? [{ path, code, message }] : [];
}
