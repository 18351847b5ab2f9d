import { configurationRoutes } from '@kraty/contracts/configuration';
import { catalogChanged } from '@kraty/contracts/economy';
import type { GrantedEntry } from '@kraty/contracts/grants';
import { Messenger } from '@kraty/platform/messaging';
import { eventually } from '@kraty/testing/harness';
import { GrantsWorld } from '../testing/grants-world.fixture.js';
import { CatalogService } from './catalog.service.js';

const ruby: GrantedEntry[] = [{ type: 'currency', currencyKey: 'ruby', amount: 1 }];
const currency = (key: string) => ({ key, name: key, kind: 'currency' as const });

let world: GrantsWorld;

beforeAll(async () => {
  world = await GrantsWorld.start();
});

afterAll(() => world.stop());

/** Keeps the next answer of the economy back until it is let go. */
function hold(messenger: Messenger): { arrived: Promise<void>; letGo: () => void } {
  const request = messenger.request.bind(messenger);
  let letGo = (): void => undefined;
  let arrive = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  messenger.request = async (route, body, options) => {
    const answer = await request(route, body, options);
    if (route.subject !== configurationRoutes('economy').export.subject) return answer;
    messenger.request = request;
    arrive();
    await gate;
    return answer;
  };
  return { arrived, letGo };
}

describe('the catalog as grants know it', () => {
  it('is not kept when it has changed while the answer was under way', async () => {
    const { app } = world.grants.service('grants');
    const sut = app.get(CatalogService);
    const scope = await world.gameOf({ currencies: [currency('gold')] });
    const told: string[] = [];
    const stop = app.get(Messenger).onFact(catalogChanged, (fact) => told.push(fact.scope.gameId));
    const { arrived, letGo } = hold(app.get(Messenger));
    const reading = sut.read(scope);
    await arrived;
    told.length = 0;
    await world.reconfigure(scope, { currencies: [currency('gold'), currency('ruby')] });
    await eventually(() => expect(told).toContain(scope.gameId));
    letGo();
    await reading;
    expect((await sut.read(scope)).currencies.has('ruby')).toBe(true);
    expect(await sut.firstUnknown(scope, ruby)).toBeNull();
    stop();
  });
});
