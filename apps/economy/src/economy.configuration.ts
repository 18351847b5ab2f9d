import { ServiceConfiguration } from '@kraty/platform/configuration';

/** What the economy is told by its environment. */
export class EconomyConfiguration extends ServiceConfiguration {}
