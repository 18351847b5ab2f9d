export { errorEnvelope, FailureFilter, failureHeaders } from './failure.filter.js';
export { busy, fail, Failure, type FailureOptions } from './failure.js';
export { isAway } from './is-away.js';
export { shapedBody } from './shaped-body.js';
export { toFailure } from './to-failure.js';
export { isTransient } from './transient.js';
export { issuesOf, toValidationFailed, validationFailed, type ValidationRoot } from './validation.js';
