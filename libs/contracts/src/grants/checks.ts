import type { CheckedPage } from '../economy/checks.js';
import { request } from '../messages/index.js';

/** Each claimed grant has deposited exactly what it holds (08 §12). Waits for the economy. */
export const checkClaims = request<{ after: string | null; percentile: number | null }, CheckedPage>(
  'grants',
  'check-claims',
);

/** Each deposit is of a grant that is claimed, or being claimed. */
export const checkDeposits = request<{ after: string | null }, CheckedPage>('grants', 'check-deposits');

/** No pool has paid more than it holds (07 §5.4). */
export const checkPools = request<{ after: string | null }, CheckedPage>('grants', 'check-pools');
