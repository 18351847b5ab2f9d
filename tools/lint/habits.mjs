/** Habits that would cost the product its determinism or its tests their truth, as syntax that is refused. */
const time = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Take the time from the injected Clock; tests move it.',
  },
  {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'Take the time from the injected Clock; tests move it.',
  },
];
const chance = {
  selector: 'MemberExpression[object.name="Math"][property.name="random"]',
  message: 'Rolls are pure functions of a secret and a key; identifiers come from @kraty/platform/ids.',
};
const environment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Configuration is a validated class; the environment is read once, by the platform.',
};
const notRun = {
  selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|failing)$/]',
  message: 'Every test runs.',
};
const asleep = {
  selector: 'CallExpression[callee.name=/^(setTimeout|sleep|delay)$/]',
  message: 'Await the fact, the event or `eventually`; a sleep is slow on a fast machine and wrong on a slow one.',
};

const refuse = (...syntax) => ({ 'no-restricted-syntax': ['error', ...syntax] });

export const habits = [
  {
    name: 'kraty/services',
    files: ['apps/*/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: refuse(...time, chance, environment),
  },
  { name: 'kraty/specs', files: ['**/*.spec.ts'], rules: refuse(notRun, asleep) },
];
