import { isPlainObject } from '../common/index.js';
import { parseExpression } from '../expressions/index.js';
import { behaviorLimits, blockDefaults, blockParameters, botVariables, type ParameterRule } from './bot-block-rules.js';
import { botBlocks, type BotBehavior, type BotBlock } from './bots.js';

/** Why a bot cannot be bound; `path` begins at `behavior`. */
export interface BotProblem {
  path: string;
  message: string;
}

const statePattern = /^[a-z][a-z0-9_]{0,31}$/;
/** Problems told at once: a broken behavior can have thousands. */
const problemsMax = 100;
const lastOnly: readonly BotBlock[] = ['complete', 'quit', 'complete_at'];
const endless: readonly BotBlock[] = ['idle', 'track_position', 'match_player_pace'];

/** Every reason why a behavior is not valid, from whatever JSON it is; empty exactly for a `BotBehavior` (10 §10). */
export function botProblems(behavior: unknown): BotProblem[] {
  const problems: BotProblem[] = [];
  const tell = (path: string, message: string): void => {
    if (problems.length < problemsMax) problems.push({ path, message });
  };
  new Inspection(tell).behavior(behavior);
  return problems;
}

/** True for a behavior that has no problems. */
export function isBotBehavior(behavior: unknown): behavior is BotBehavior {
  return botProblems(behavior).length === 0;
}

/** States that no transition leads to from the initial one; a designer is warned of them (10 §10). */
export function unreachableStates(behavior: BotBehavior): string[] {
  if (behavior.type !== 'state_machine') return [];
  const reached = new Set<string>();
  const open = [behavior.initial];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...(behavior.states[name]?.transitions ?? []).map(({ to }) => to));
  }
  return Object.keys(behavior.states).filter((name) => !reached.has(name));
}

class Inspection {
  constructor(private readonly tell: (path: string, message: string) => void) {}

  behavior(value: unknown): void {
    if (!isPlainObject(value)) return this.tell('behavior', 'must be an object');
    this.startScore(value['startScore']);
    switch (value['type']) {
      case 'single':
        this.onlyFields(value, 'behavior', ['type', 'startScore', 'block', 'params']);
        return this.step(value, 'behavior', true);
      case 'sequence':
        this.onlyFields(value, 'behavior', ['type', 'startScore', 'steps']);
        return this.steps(value['steps']);
      case 'state_machine':
        this.onlyFields(value, 'behavior', ['type', 'startScore', 'initial', 'states']);
        return this.states(value['initial'], value['states']);
      default:
        this.tell('behavior.type', 'must be single, sequence or state_machine');
    }
  }

  private startScore(value: unknown): void {
    if (value === undefined) return;
    const fits = Number.isInteger(value) && (value as number) >= 0 && (value as number) <= behaviorLimits.startScoreMax;
    if (!fits) this.tell('behavior.startScore', `must be an integer from 0 to ${behaviorLimits.startScoreMax}`);
  }

  private steps(steps: unknown): void {
    const path = 'behavior.steps';
    if (!Array.isArray(steps) || steps.length < 1 || steps.length > behaviorLimits.stepsMax) {
      return this.tell(path, `must be a list of 1 to ${behaviorLimits.stepsMax} steps`);
    }
    steps.forEach((step: unknown, at) => {
      const where = `${path}[${at}]`;
      if (!isPlainObject(step)) return this.tell(where, 'must be an object');
      this.onlyFields(step, where, ['block', 'params']);
      this.step(step, where, at === steps.length - 1);
    });
  }

  private states(initial: unknown, states: unknown): void {
    const path = 'behavior.states';
    if (!isPlainObject(states)) return this.tell(path, 'must be an object of states');
    const names = Object.keys(states);
    if (names.length < 1 || names.length > behaviorLimits.statesMax) {
      return this.tell(path, `must hold 1 to ${behaviorLimits.statesMax} states`);
    }
    if (typeof initial !== 'string' || !names.includes(initial)) this.tell('behavior.initial', 'must name a state');
    for (const name of names) this.state(states[name], `${path}.${name}`, name, names);
  }

  private state(state: unknown, path: string, name: string, names: readonly string[]): void {
    if (!statePattern.test(name)) this.tell(path, 'a state is named by a-z, 0-9 and _, beginning with a letter');
    if (!isPlainObject(state)) return this.tell(path, 'must be an object');
    this.onlyFields(state, path, ['block', 'params', 'transitions']);
    // A state may end the bot or hold for ever: only transitions lead on.
    this.step(state, path, true);
    this.transitions(state['transitions'], `${path}.transitions`, names);
  }

  private transitions(transitions: unknown, path: string, names: readonly string[]): void {
    if (transitions === undefined) return;
    if (!Array.isArray(transitions) || transitions.length > behaviorLimits.transitionsMax) {
      return this.tell(path, `must be a list of at most ${behaviorLimits.transitionsMax} transitions`);
    }
    transitions.forEach((transition: unknown, at) => this.transition(transition, `${path}[${at}]`, names));
  }

  private transition(transition: unknown, path: string, names: readonly string[]): void {
    if (!isPlainObject(transition)) return this.tell(path, 'must be an object');
    this.onlyFields(transition, path, ['when', 'to']);
    const { when, to } = transition;
    if (typeof to !== 'string' || !names.includes(to)) this.tell(`${path}.to`, 'must name a state');
    if (!isPlainObject(when) || typeof when['expr'] !== 'string') {
      return this.tell(`${path}.when.expr`, 'must be an expression');
    }
    this.onlyFields(when, `${path}.when`, ['expr']);
    const parsed = parseExpression(when['expr'], (identifier) => botVariables.includes(identifier));
    if (parsed.ok) return;
    for (const { position, message } of parsed.problems) {
      this.tell(`${path}.when.expr`, `${message} at character ${position + 1}`);
    }
  }

  private step(step: Record<string, unknown>, path: string, isLast: boolean): void {
    const { block, params = {} } = step;
    if (!isBlock(block)) return this.tell(`${path}.block`, `must be one of ${botBlocks.join(', ')}`);
    if (!isPlainObject(params)) return this.tell(`${path}.params`, 'must be an object');
    this.parameters(block, params, `${path}.params`);
    this.combination(block, params, path);
    if (isLast) return;
    if (lastOnly.includes(block)) this.tell(`${path}.block`, `${block} ends the bot, so it can only be the last step`);
    if (endless.includes(block) && params['durationSeconds'] === undefined) {
      this.tell(`${path}.params.durationSeconds`, `is required: without it ${block} is never done`);
    }
  }

  private parameters(block: BotBlock, params: Record<string, unknown>, path: string): void {
    const rules = new Map(Object.entries(blockParameters[block]));
    for (const [name, value] of Object.entries(params)) {
      const rule = rules.get(name);
      if (rule === undefined) this.tell(`${path}.${name}`, `is no parameter of ${block}`);
      else if (!fits(value, rule)) this.tell(`${path}.${name}`, `must be ${described(rule)}`);
    }
    for (const [name, rule] of rules) {
      if (rule.required && params[name] === undefined) this.tell(`${path}.${name}`, 'is required');
    }
  }

  /** Rules between parameters of one block. */
  private combination(block: BotBlock, params: Record<string, unknown>, path: string): void {
    if (
      block === 'progress_linear' &&
      params['durationSeconds'] !== undefined &&
      params['ratePerSecond'] !== undefined
    ) {
      this.tell(`${path}.params.ratePerSecond`, 'excludes durationSeconds');
    }
    if (block === 'complete_at' && params['targetScore'] === undefined && params['atSeconds'] === undefined) {
      this.tell(`${path}.params`, 'targetScore or atSeconds is required');
    }
    if (block !== 'progress_burst') return;
    const { burstStart = blockDefaults.burstStart, burstEnd = blockDefaults.burstEnd, slowShare = 0 } = params;
    if (Number(burstStart) >= Number(burstEnd)) this.tell(`${path}.params.burstStart`, 'must be less than burstEnd');
    if (Number(slowShare) >= 1) this.tell(`${path}.params.slowShare`, 'must be less than 1');
  }

  private onlyFields(value: Record<string, unknown>, path: string, names: readonly string[]): void {
    for (const name of Object.keys(value)) if (!names.includes(name)) this.tell(`${path}.${name}`, 'is not known');
  }
}

function isBlock(value: unknown): value is BotBlock {
  return (botBlocks as readonly unknown[]).includes(value);
}

function fits(value: unknown, { least, most, above, integer }: ParameterRule): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value) || value > most) return false;
  if (integer && !Number.isInteger(value)) return false;
  return above ? value > least : value >= least;
}

function described({ least, most, above, integer }: ParameterRule): string {
  const kind = integer ? 'an integer' : 'a number';
  return above ? `${kind} above ${least}, at most ${most}` : `${kind} from ${least} to ${most}`;
}
