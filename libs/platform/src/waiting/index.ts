export { atMost } from './at-most.js';
export { onceThere } from './once-there.js';
export { within } from './within.js';
