/**
 * How much a service may make before the collector walks through what is young, in megabytes for each of its halves.
 * With Node's own 16 a good part of every call in flight is still alive at each walk, is copied and grows old: 32 take a
 * sixth off the gateway's processor time a call and cost some 20 MB. The image names it too.
 */
const YOUNG_HALF_MB = 32;

/** For every Node process that runs a service. */
export const MEMORY_ARGUMENTS = [`--max-semi-space-size=${YOUNG_HALF_MB}`];
