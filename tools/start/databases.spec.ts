import { databaseOf, splitByVariable } from './databases.mjs';

describe('the databases of the services', () => {
  it.each([
    ['postgres://u:p@h:5432/mygames', 'mygames'],
    ['postgres://u:p@h:5432/my%20games', 'my games'],
    ['postgres://u:p@h:5432/postgres', 'kraty'],
    ['postgres://u:p@h:5432', 'kraty'],
  ])('for %s are in %s', (url, database) => {
    expect(databaseOf(url)).toBe(database);
  });

  it('are those of a variable of their own where there is one', () => {
    const variables = { ECONOMY_DATABASE_URL: 'postgres://elsewhere', EVENTS_DATABASE_URL: ' ' };
    expect(splitByVariable(['economy', 'events'], variables)).toEqual({
      named: { economy: 'postgres://elsewhere' },
      others: ['events'],
    });
  });
});
