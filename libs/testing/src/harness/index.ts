export { eventually } from './eventually.js';
export { inTurn, type RoundOfWork } from './in-turn.js';
export { startGround } from './start-ground.js';
export type { GroundOptions } from './start-ground.js';
export type { Ground } from './ground.js';
export { startHost } from './host.js';
export type { Host, HostOptions } from './host.js';
export type { KillableServer } from './ground-servers.js';
export { askPatiently } from './patient-questions.js';
