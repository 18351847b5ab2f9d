export { busy, fail, Failure, type FailureOptions } from './failure.js';
export { errorEnvelope, FailureFilter, failureHeaders } from './failure.filter.js';
export { toFailure } from './to-failure.js';
export { isTransient } from './transient.js';
export { issuesOf, toValidationFailed, validationFailed, type ValidationRoot } from './validation.js';
