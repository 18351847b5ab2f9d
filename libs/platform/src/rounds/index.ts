export { RepeatingWorker } from './repeating-worker.js';
export { Rounds, type RoundsOptions } from './rounds.js';
