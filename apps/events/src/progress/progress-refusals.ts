import type { Issue } from '@kraty/contracts/failures';
import { fail, validationFailed, type Failure } from '@kraty/platform/errors';
import type { Violation } from '../anti-cheat/validators.js';
import type { WriteResult } from '../scoring/apply-write.js';

/** Why a write cannot be applied, as the caller is told (02 §4). */
export function refusalOf(written: Exclude<WriteResult, { kind: 'applied' }>): Failure {
  switch (written.kind) {
    case 'unknown_metrics': {
      const { metricKeys } = written;
      return fail('invalid_metric', `the event does not declare ${metricKeys.join(', ')}`, { metricKeys });
    }
    case 'nothing_given':
      return invalid({ path: 'body.metrics', code: 'required', message: 'metricValue or metrics is required' });
    case 'primary_named_twice': {
      const message = `metricValue is the value of '${written.metricKey}'; do not give both`;
      return invalid({ path: 'body.metricValue', code: 'conflict', message });
    }
    case 'out_of_bounds': {
      const path = written.metricKey === null ? 'body.metrics' : `body.metrics.${written.metricKey}`;
      const what = written.metricKey === null ? 'the score' : 'the value';
      return invalid({ path, code: 'range', message: `${what} would leave ±10^15` });
    }
  }
}

/** The message is the validator's reason (05 §14). */
export function antiCheatRejected({ validatorKey, reason }: Violation): Failure {
  return fail('anti_cheat_rejected', reason, { validatorKey, reason });
}

/** The body of a key is that of its first call (01 §6.4). */
export function keyConflict(key: string): Failure {
  return fail('idempotency_conflict', 'This idempotency key was used with another body.', { idempotencyKey: key });
}

const invalid = (issue: Issue): Failure => validationFailed([issue]);
