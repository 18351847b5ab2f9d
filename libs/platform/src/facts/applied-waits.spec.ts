import { AppliedWaits } from './applied-waits.js';
import { CourtesyCircuit } from './circuit.js';

describe('AppliedWaits', () => {
  it('resolves when every context has reported every envelope it reads', async () => {
    const sut = new AppliedWaits(new CourtesyCircuit());
    const waiting = sut.wait(
      new Map([
        ['grants', ['a', 'b']],
        ['leaderboards', ['a']],
      ] as const),
      5_000,
    );
    sut.notice({ context: 'leaderboards', envelopeIds: ['a'] });
    sut.notice({ context: 'grants', envelopeIds: ['b', 'b', 'unknown'] });
    sut.notice({ context: 'grants', envelopeIds: ['a'] });
    expect(await waiting).toEqual({ applied: ['leaderboards', 'grants'], late: [] });
  });

  it('gives up after its time and says who was late', async () => {
    const sut = new AppliedWaits(new CourtesyCircuit());
    const waiting = sut.wait(
      new Map([
        ['grants', ['a']],
        ['leaderboards', ['a']],
      ] as const),
      10,
    );
    sut.notice({ context: 'grants', envelopeIds: ['a'] });
    expect(await waiting).toEqual({ applied: ['grants'], late: ['leaderboards'] });
    sut.notice({ context: 'leaderboards', envelopeIds: ['a'] });
  });
});

describe('CourtesyCircuit', () => {
  let nowMs = 1_000;
  let sut: CourtesyCircuit;

  beforeEach(() => {
    sut = new CourtesyCircuit(() => nowMs);
  });

  const lateThrice = (): void => [1, 2, 3].forEach(() => sut.late('grants'));

  it('waits in full while a context keeps up or is late now and then', () => {
    sut.late('grants');
    sut.late('grants');
    sut.inTime('grants');
    sut.late('grants');
    expect(sut.waitMs('grants', 250)).toBe(250);
  });

  it('hardly waits for a context that was late several times in a row, and still does for others', () => {
    lateThrice();
    expect(sut.waitMs('grants', 250)).toBe(20);
    expect(sut.waitMs('leaderboards', 250)).toBe(250);
  });

  it('lets one caller a second wait in full, to learn whether it is back', () => {
    lateThrice();
    nowMs += 1_000;
    expect([sut.waitMs('grants', 250), sut.waitMs('grants', 250)]).toEqual([250, 20]);
    sut.inTime('grants');
    expect(sut.waitMs('grants', 250)).toBe(250);
  });
});
