export { atMost } from './at-most.js';
export { within } from './within.js';
